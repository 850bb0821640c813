#pragma once

#include "latencies.hpp"

#include "obol/interfaces.hpp"

#include <chrono>
#include <cstddef>
#include <vector>

#include <caf/actor_system.hpp>

namespace obol::bench {

enum class workload { get, upsert };

/// A session like a product's: 12 fields and about 300 bytes of payload.
session make_session(std::size_t number);

/// So many clients, each of which sends its next request when the last was
/// answered, for so long. Every answer is verified and decoded by the store.
result run_closed_loop(caf::actor_system& system, const store_actor& store,
                       workload what, std::size_t clients,
                       const std::vector<session>& sessions,
                       std::chrono::milliseconds duration);

} // namespace obol::bench
