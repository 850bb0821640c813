#pragma once

#include "obol/internal/node_network.hpp"

#include <caf/actor_system.hpp>

#include <memory>

namespace obol::internal {

/// Nodes by CAF's own protocol, over TCP or TLS, as the system was loaded.
/// @pre the system has a guarded middleman, and lives longer
std::shared_ptr<node_network> make_basp_network(caf::actor_system& system);

} // namespace obol::internal
