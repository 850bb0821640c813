#pragma once

#include "obol/interfaces.hpp"

#include <caf/actor_system.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace obol::bench {

/// Sends so many gets from one actor, each client's next one when its last was
/// answered, and waits for all answers. @returns how many succeeded
std::uint64_t run_gets(caf::actor_system& system, const store_actor& store,
                       const std::vector<session_key>& keys,
                       std::size_t clients, std::uint64_t count);

/// Sends one get for each key at once; `while_waiting` runs while none of them
/// can be answered. Then waits for all. @returns how many succeeded
std::uint64_t run_burst(caf::actor_system& system, const store_actor& store,
                        const std::vector<session_key>& keys,
                        const std::function<void()>& while_waiting);

} // namespace obol::bench
