#pragma once

#include "bench/load_run.hpp"
#include "bench/player.hpp"
#include "obol/facade.hpp"

#include <cstddef>
#include <memory>

namespace obol::bench {

/// Starts so many clients that make calls with a callback to a facade. Each
/// makes its next call from the callback of the last, until the run is over.
void start_callbacks(facade& store, const std::shared_ptr<load_run>& run,
                     const play_rules& rules, std::size_t clients);

} // namespace obol::bench
