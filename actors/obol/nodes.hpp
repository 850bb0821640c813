#pragma once

#include "obol/interfaces.hpp"
#include "obol/log.hpp"
#include "obol/node_options.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/error.hpp>
#include <caf/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

// Stores for other processes. A node publishes the gateway of its store; a
// client has a store of the same interface that sends its calls to nodes.

namespace obol {

/// Lets an actor system publish stores and connect to them; both sides need it,
/// with the same `tls` as their options. Reads the files once: later changes
/// need a new system. Call it before the system is made.
///
/// No peer of the system can reach any other actor, nor CAF's own servers: what
/// is none of the messages of `gateway_actor` ends its connection. So a system
/// that was loaded so does not serve for other distribution by CAF.
///
/// Fails with `misconfigured` if a file cannot be used; the text says which.
caf::error load_nodes(caf::actor_system_config& config, const node_tls& tls = {},
                      log_sink log = {});

/// A published store. Safe to use from any thread; copies are the same. It must
/// not outlive the actor system.
class published_gateway {
public:
  /// Where it listens.
  std::uint16_t port() const;

  /// How many requests of peers are under way.
  std::size_t in_flight() const;

  /// From here on new connections are refused and new requests are answered
  /// with `shutting_down`, which sends clients to other nodes. Those under way
  /// are finished: wait until `in_flight` is 0, then end the process.
  void drain();

private:
  friend caf::expected<published_gateway>
  publish_gateway(caf::actor_system& system, const store_actor& store,
                  const node_options& settings, log_sink log);

  struct implementation;
  std::shared_ptr<implementation> impl_;
};

/// Lets other processes use a store of this one that `spawn_store` made. Blocks
/// until the port is open. The store may not be ready yet; its clients hear so.
///
/// Fails with `invalid_argument` or `misconfigured` if an option breaks a rule,
/// the system was not loaded by `load_nodes` or with other `tls`, or the
/// address cannot be opened.
caf::expected<published_gateway>
publish_gateway(caf::actor_system& system, const store_actor& store,
                const node_options& settings, log_sink log = {});

/// A store whose calls go to nodes, each to one that is healthy, in turn. It is
/// returned at once, connects by itself, and answers `unavailable` while no
/// node is connected; `wait_ready_request` waits. It lives until it receives an
/// exit message.
///
/// A call whose node is lost goes to another one within its deadline, an upsert
/// under the operation id it had. `subscribe_request` tells of changes that
/// were made through this client.
///
/// Fails as `publish_gateway` does.
caf::expected<store_actor> connect_store(caf::actor_system& system,
                                         remote_options settings,
                                         log_sink log = {});

} // namespace obol
