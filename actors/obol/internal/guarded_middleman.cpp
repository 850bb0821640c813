#include "obol/internal/guarded_middleman.hpp"

#include "obol/internal/link_scribe.hpp"
#include "obol/internal/random_source.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/node_id.hpp>
#include <caf/send.hpp>

#include <cstddef>
#include <cstdint>
#include <unistd.h>
#include <utility>

namespace obol::internal {

namespace network = caf::io::network;

namespace {

/// CAF makes the host of a node id of the machine's network addresses, which
/// are the same in containers that are made alike, as their process ids are:
/// such processes would take each other's place at a node again and again.
caf::node_id random_node_id() {
  caf::node_id::default_data::host_id_type host{};
  auto random = make_system_random_source();
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < host.size(); ++i, bits >>= 8) {
    if (i % sizeof(bits) == 0)
      bits = random->next();
    host[i] = static_cast<std::uint8_t>(bits);
  }
  return caf::make_node_id(static_cast<std::uint32_t>(::getpid()), host);
}

} // namespace

guarded_middleman::guarded_middleman(
  caf::actor_system& home, log_sink log,
  std::shared_ptr<const node_identity> identity)
  : caf::io::middleman(home), backend_(&home),
    rules_(std::make_shared<broker_rules>()), identity_(std::move(identity)) {
  rules_->log = std::move(log);
}

void guarded_middleman::init(caf::actor_system_config& config) {
  caf::io::middleman::init(config);
  // CAF has just set an id of its own, and has no option for another one. Only
  // its own module may write there, by friendship; the system is not const.
  const_cast<caf::node_id&>(system().node()) = random_node_id();
}

void guarded_middleman::start() {
  // CAF asks for the broker by this name, and takes the one there is.
  broker_ = named_broker<guarded_broker>(caf::atom("BASP"));
  caf::io::middleman::start();
}

caf::expected<std::uint16_t>
guarded_middleman::open(const gateway_actor& published,
                        const node_address& where) {
  auto socket
    = network::new_tcp_acceptor_impl(where.port, where.host.c_str(), true);
  if (!socket)
    return std::move(socket.error());
  auto door = make_link_doorman(backend_, *socket, identity_);
  auto port = door->port();
  caf::anon_send(broker(), caf::publish_atom::value, std::move(door), port,
                 caf::actor_cast<caf::strong_actor_ptr>(published),
                 system().message_types<gateway_actor>());
  return port;
}

void guarded_middleman::close(const gateway_actor& published,
                              std::uint16_t port) {
  caf::anon_send(broker(), caf::unpublish_atom::value, published.address(),
                 port);
}

caf::io::scribe_ptr guarded_middleman::connect(const node_address& where) {
  {
    std::lock_guard guard{rules_->mutex};
    rules_->role.expects_answers = true;
  }
  auto socket = network::new_tcp_connection(where.host, where.port);
  if (!socket)
    return nullptr;
  return make_link_scribe(backend_, *socket, identity_.get(), where.host);
}

guarded_middleman* guarded_middleman_of(caf::actor_system& system) {
  return system.has_middleman()
           ? dynamic_cast<guarded_middleman*>(&system.middleman())
           : nullptr;
}

std::shared_ptr<broker_rules> rules_of(caf::actor_system& system) {
  return guarded_middleman_of(system)->rules();
}

} // namespace obol::internal
