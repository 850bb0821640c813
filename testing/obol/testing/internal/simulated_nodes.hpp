#pragma once

#include "obol/internal/node_network.hpp"

#include <caf/actor_system.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>

namespace obol::testing::internal {

/// Nodes and the connections to them, in memory. A node is a gateway at a port.
/// What passes is written to bytes and read again, as on a wire. For one thread;
/// held by shared pointers.
class simulated_nodes final
  : public obol::internal::node_network,
    public std::enable_shared_from_this<simulated_nodes> {
public:
  /// Lets something arrive, now or later, but never before what was sent the
  /// same way earlier.
  using carrier
    = std::function<void(std::uint64_t way, std::function<void()> arrive)>;

  simulated_nodes(caf::actor_system& system, carrier carry);

  ~simulated_nodes() override;

  // -- what happens to nodes --------------------------------------------------

  /// A node starts.
  void open(std::uint16_t port, gateway_actor gateway);

  /// Its process is gone: connections break, and what is on the way to it
  /// arrives nowhere.
  void kill(std::uint16_t port);

  /// The process stands still: it takes nothing in and says nothing. What was
  /// sent to it meanwhile arrives when it goes on, also over connections that
  /// its clients have cut since.
  void stall(std::uint16_t port, bool stands_still);

  /// Connections that are open.
  std::size_t links() const;

  /// Requests that arrived at nodes.
  std::uint64_t arrived() const;

  // -- for clients ------------------------------------------------------------

  void connect(const node_address& where, obol::internal::duration timeout,
               done tell) override;

  void cut(const gateway_actor& node) override;

private:
  struct node;
  struct link;
  class proxy;
  class return_proxy;

  std::shared_ptr<link> make_link(const std::shared_ptr<node>& to);

  caf::actor_system& system_;
  carrier carry_;
  std::uint64_t ways_ = 0;
  std::map<std::uint16_t, std::shared_ptr<node>> nodes_;
};

} // namespace obol::testing::internal
