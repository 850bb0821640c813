#pragma once

#include "obol/internal/node_network.hpp"
#include "obol/internal/transport.hpp"
#include "obol/signals.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>

#include <memory>

namespace obol::internal {

struct connector_state;

/// What a connector is told when it is spawned.
struct connector_arguments {
  node_address where;
  duration timeout{};
  node_network::done tell;
  std::shared_ptr<transport_factory> sockets;
};

/// Connects to one node, tells how it went, and ends. First it sees with a
/// socket of its own whether anybody is there: CAF connects in a way that
/// blocks, for minutes if nobody answers.
///
///     trying --somebody is there--> greeting --> gone
///       |                              |
///       +-------- too long, or nobody -+
struct connector_state {
  using pointer = caf::stateful_actor<connector_state>*;

  explicit connector_state(pointer self_ptr);

  /// Whoever waits hears in any case.
  ~connector_state();

  caf::behavior make_behavior(connector_arguments arguments);

  void on_io();

  void greet();

  /// There is a connection, to somebody of no use.
  void reject(const caf::node_id& who);

  void finish(caf::expected<gateway_actor> result);

  void fail(const char* why);

  pointer self;
  connector_arguments args;
  /// Set while trying.
  std::unique_ptr<transport> probe;
  static constexpr const char* name = "obol.connector";
};

/// Called by an actor of the system.
void spawn_connector(caf::actor_system& system, connector_arguments arguments);

} // namespace obol::internal

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(obol::internal::connector_arguments)
