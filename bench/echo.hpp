#pragma once

#include "obol/interfaces.hpp"

#include <caf/actor_system.hpp>

namespace obol::bench {

/// Something that takes the messages of a store and answers every get with
/// nothing, at once: what is left is the client and the actor system.
store_actor spawn_echo(caf::actor_system& system);

} // namespace obol::bench
