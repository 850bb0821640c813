#include "obol/internal/connector.hpp"

#include "obol/error.hpp"
#include "obol/internal/guarded_middleman.hpp"
#include "obol/internal/io_signal.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include <set>
#include <string>
#include <utility>

namespace obol::internal {

namespace {

/// Holds a connector for as long as it may take, and tells it when that is over
/// or the actor system ends. CAF's clock holds whom it is to wake: a connector
/// whose thread began after the clock had stopped would be held for ever, and
/// the system waits for such threads.
class alarm final : public caf::event_based_actor {
public:
  alarm(caf::actor_config& config, caf::actor to, duration time)
    : event_based_actor(config), to_(std::move(to)), time_(time) {
  }

  ~alarm() override {
    caf::anon_send(to_, give_up_atom::value);
  }

  caf::behavior make_behavior() override {
    delayed_send(this, time_, give_up_atom::value);
    return {
      [this](give_up_atom) { quit(); },
    };
  }

private:
  caf::actor to_;
  duration time_;
};

caf::behavior connector(connector_state::pointer self,
                        connector_arguments arguments) {
  return self->state.make_behavior(std::move(arguments));
}

} // namespace

connector_state::connector_state(pointer self_ptr) : self(self_ptr) {
}

connector_state::~connector_state() {
  if (args.tell)
    args.tell(
      caf::make_error(ec::unavailable, std::string{"the client is closed"}));
}

caf::behavior connector_state::make_behavior(connector_arguments arguments) {
  args = std::move(arguments);
  self->set_default_handler(caf::drop);
  probe = args.sockets->make(io_signal_to(self->address()));
  endpoint where;
  where.host = args.where.host;
  where.port = args.where.port;
  probe->connect(where);
  return {
    [this](io_atom) { on_io(); },
    [this](give_up_atom) { fail("it does not answer"); },
  };
}

void connector_state::on_io() {
  if (!probe)
    return;
  probe->acknowledge();
  switch (probe->poll_connect()) {
    case connect_status::pending:
      break;
    case connect_status::failed:
      fail(probe->failure().c_str());
      break;
    case connect_status::connected:
      probe->close();
      probe.reset();
      greet();
      break;
  }
}

void connector_state::greet() {
  auto& network = *guarded_middleman_of(self->system());
  auto connection = network.connect(args.where);
  if (!connection) {
    fail("it refused the connection");
    return;
  }
  // The broker gives up a greeting that takes too long.
  self
    ->request(network.broker(), caf::infinite, caf::connect_atom::value,
              std::move(connection), args.where.port)
    .then(
      [this](const caf::node_id& who, caf::strong_actor_ptr& node,
             const std::set<std::string>& interface) {
        auto& system = self->system();
        auto ours = system.message_types<gateway_actor>();
        if (node && system.assignable(interface, ours))
          finish(caf::actor_cast<gateway_actor>(std::move(node)));
        else
          reject(who);
      },
      [this](caf::error&) { fail("it refused the connection"); });
}

void connector_state::reject(const caf::node_id& who) {
  caf::anon_send(guarded_middleman_of(self->system())->broker(), cut_node{who});
  fail("it publishes no store of ours");
}

void connector_state::finish(caf::expected<gateway_actor> result) {
  if (auto tell = std::exchange(args.tell, nullptr))
    tell(std::move(result));
  self->quit();
}

void connector_state::fail(const char* why) {
  if (auto tell = std::exchange(args.tell, nullptr))
    tell(caf::make_error(ec::unavailable,
                         std::string{"no connection to a node: "} + why));
  probe.reset();
  self->quit();
}

void spawn_connector(caf::actor_system& system, connector_arguments arguments) {
  auto time = arguments.timeout;
  // In a thread of its own: the last step blocks.
  auto who = system.spawn<caf::hidden + caf::detached>(connector,
                                                       std::move(arguments));
  system.spawn<alarm, caf::hidden>(std::move(who), time);
}

} // namespace obol::internal
