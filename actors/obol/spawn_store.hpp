#pragma once

#include "obol/interfaces.hpp"
#include "obol/log.hpp"
#include "obol/metrics.hpp"
#include "obol/options.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/expected.hpp>

#include <chrono>

namespace obol {

/// Makes this library's messages and errors known to an actor system. Call it
/// on the configuration before the system is made.
void register_messages(caf::actor_system_config& config);

/// Lets an actor system run on workers that wait for sockets themselves while
/// they are idle, as the facade's do: the shortest way for a reply. Without it
/// stores have a thread of their own for that, and `sharing` is the better of
/// CAF's own policies. For systems whose actors do not block: what a worker makes
/// ready runs behind its current job, or up to 10 ms later on another.
///
/// `idle_spin` is for how long one worker that has run out of jobs looks for
/// replies before it sleeps. Call it before the system is made.
void load_scheduler(caf::actor_system_config& config,
                    std::chrono::microseconds idle_spin = {});

/// Starts a store in an actor system. It is returned at once, becomes ready by
/// itself, and answers `unavailable` until then; `wait_ready_request` waits. It
/// lives until it receives an exit message.
///
/// Fails with `invalid_argument` or `misconfigured` if an option breaks a rule.
/// Deriving the signing key from a base secret takes about 0.1 s.
///
/// What it counts can be read from `counts`, which must be nobody else's.
caf::expected<store_actor> spawn_store(caf::actor_system& system,
                                       options settings, log_sink log = {},
                                       metrics counts = {});

} // namespace obol
