#pragma once

#include "latencies.hpp"

#include "obol/command.hpp"
#include "obol/endpoint.hpp"

#include <chrono>
#include <cstddef>
#include <functional>

namespace obol::bench {

/// What hiredis does on one connection with the same commands, `depth` of them
/// at a time, without verifying or decoding anything. `next` makes commands.
result run_yardstick(const endpoint& where, std::size_t depth,
                     const std::function<command()>& next,
                     std::chrono::milliseconds duration);

} // namespace obol::bench
