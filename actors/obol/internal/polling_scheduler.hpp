#pragma once

#include "obol/internal/poller.hpp"

#include <caf/actor_system.hpp>
#include <caf/execution_unit.hpp>

#include <chrono>
#include <memory>

namespace caf {

class actor_system_config;

} // namespace caf

namespace obol::internal {

/// Lets the actor system run on workers that wait for sockets themselves while
/// they are idle (internal/run_queues.hpp): a reply then wakes one thread, not
/// two, and what follows from it mostly stays on that thread. `spin` is for how
/// long a worker that has run out of jobs looks for events without sleeping, at
/// least. There is a worker for each processor that the calling thread may run
/// on, unless the configuration says otherwise: more would take processors from
/// a server on the same machine.
void load_polling_scheduler(caf::actor_system_config& config,
                            std::chrono::nanoseconds spin);

/// Who watches sockets for this system's workers; empty if its scheduler is
/// another.
std::shared_ptr<poller> poller_of(caf::actor_system& system);

/// The worker of that system this thread is, for whoever sends messages outside
/// of actors; null on other threads, also on workers of other systems: an actor
/// they run would end with them.
caf::execution_unit* current_worker(const caf::actor_system& of) noexcept;

} // namespace obol::internal
