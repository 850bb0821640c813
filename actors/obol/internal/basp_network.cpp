#include "obol/internal/basp_network.hpp"

#include "obol/internal/connector.hpp"
#include "obol/internal/guarded_middleman.hpp"

#include <caf/send.hpp>

#include <utility>

namespace obol::internal {

namespace {

class basp_network final : public node_network {
public:
  explicit basp_network(caf::actor_system& system)
    : system_(system), sockets_(make_socket_transport_factory({}, nullptr)) {
  }

  void connect(const node_address& where, duration timeout,
               done tell) override {
    spawn_connector(system_, {where, timeout, std::move(tell), sockets_});
  }

  void cut(const gateway_actor& node) override {
    caf::anon_send(guarded_middleman_of(system_)->broker(),
                   cut_node{node.node()});
  }

private:
  caf::actor_system& system_;
  std::shared_ptr<transport_factory> sockets_;
};

} // namespace

std::shared_ptr<node_network> make_basp_network(caf::actor_system& system) {
  return std::make_shared<basp_network>(system);
}

} // namespace obol::internal
