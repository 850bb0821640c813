#pragma once

#include "bench/load_run.hpp"
#include "bench/player.hpp"
#include "obol/facade.hpp"

#include <caf/actor_system.hpp>

#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

namespace obol::bench {

/// Starts so many client actors in the store's own actor system. Each sends its
/// next request when the last was answered, until the run is over.
void start_actors(caf::actor_system& system, const store_actor& store,
                  std::shared_ptr<load_run> run, const play_rules& rules,
                  std::size_t clients);

/// The same with threads that make blocking calls to a facade. They end with
/// the run.
std::vector<std::jthread> start_threads(facade& store,
                                        std::shared_ptr<load_run> run,
                                        const play_rules& rules,
                                        std::size_t clients);

} // namespace obol::bench
