#pragma once

#include "obol/gateway.hpp"
#include "obol/node_options.hpp"
#include "obol/testing/internal/simulated_nodes.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "support_actors/simulated_store.hpp"

namespace obol::test {

/// Nodes on one server, and a client of them, in one world that stands still
/// unless it is moved. What is sent to a node arrives at once.
class simulated_fleet {
public:
  /// A client of this many nodes.
  static remote_options client_options(std::size_t nodes);

  explicit simulated_fleet(std::size_t nodes, gateway_limits limits = {},
                           options settings = simulated_store::small_options());

  ~simulated_fleet();

  /// The port of a node.
  static std::uint16_t port(std::size_t node) {
    return static_cast<std::uint16_t>(1000 + node);
  }

  /// Starts the nodes, each with a store of its own, and lets those become
  /// ready.
  void start_nodes();

  /// Starts a node, also again after it was killed.
  void start_node(std::size_t node);

  /// Starts the client.
  void start_client(remote_options settings);

  /// All of it, ready.
  void start();

  gateway_desk& desk(std::size_t node) {
    return *desks_[node];
  }

  /// The node's gateway, as a store; what it answers comes back unchanged.
  gateway_actor gateway(std::size_t node) {
    return gateways_[node];
  }

  const store_actor& node_store(std::size_t node) {
    return stores_[node];
  }

  /// Its `store` is the client, once that is started.
  simulated_store sim;
  std::shared_ptr<testing::internal::simulated_nodes> nodes;

private:
  gateway_limits limits_;
  std::vector<store_actor> stores_;
  std::vector<std::shared_ptr<gateway_desk>> desks_;
  std::vector<gateway_actor> gateways_;
};

} // namespace obol::test
