#include "obol/testing/internal/simulated_nodes.hpp"

#include "obol/error.hpp"
#include "obol/message_inspect.hpp"

#include <caf/actor_cast.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/make_actor.hpp>
#include <caf/monitorable_actor.hpp>

#include <algorithm>
#include <cassert>
#include <string>
#include <utility>
#include <vector>

namespace obol::testing::internal {

namespace {

using bytes = std::vector<char>;

bytes write(caf::actor_system& system, const caf::message& what) {
  bytes result;
  caf::binary_serializer sink{system, result};
  if (sink(what))
    assert(!"a message cannot be written");
  return result;
}

caf::message read(caf::actor_system& system, const bytes& what) {
  caf::message result;
  caf::binary_deserializer source{system, what};
  if (source(result))
    assert(!"a message cannot be read");
  return result;
}

} // namespace

struct simulated_nodes::node {
  gateway_actor gateway;
  bool dead = false;
  bool stands_still = false;
  /// What comes and goes once it moves again.
  std::vector<std::function<void()>> held;
  std::vector<std::shared_ptr<link>> links;
  std::uint64_t arrived = 0;

  /// Lets the process do something, when it can; never if it is dead.
  void run(std::function<void()> what) {
    if (stands_still)
      held.push_back(std::move(what));
    else if (!dead)
      what();
  }
};

struct simulated_nodes::link {
  std::shared_ptr<simulated_nodes::node> node;
  carrier carry;
  std::uint64_t way_there = 0;
  std::uint64_t way_back = 0;
  /// The client's end; empty once it is closed.
  caf::strong_actor_ptr handle;

  /// Nothing arrives at the client any more, and it hears of that.
  void close();
};

/// The node, as its client sees it.
class simulated_nodes::proxy final : public caf::monitorable_actor {
public:
  proxy(caf::actor_config& config, std::shared_ptr<link> over)
    : caf::monitorable_actor(config), link_(std::move(over)) {
  }

  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit*) override;

  void on_destroy() override {
    if (!getf(is_cleaned_up_flag))
      cleanup(caf::exit_reason::unreachable, nullptr);
    caf::monitorable_actor::on_destroy();
  }

private:
  std::shared_ptr<link> link_;
};

/// The client, as its node sees it.
class simulated_nodes::return_proxy final : public caf::monitorable_actor {
public:
  return_proxy(caf::actor_config& config, std::shared_ptr<link> over,
               caf::strong_actor_ptr client)
    : caf::monitorable_actor(config), link_(std::move(over)),
      client_(client.get()) {
  }

  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit*) override;

  void on_destroy() override {
    if (!getf(is_cleaned_up_flag))
      cleanup(caf::exit_reason::unreachable, nullptr);
    caf::monitorable_actor::on_destroy();
  }

private:
  std::shared_ptr<link> link_;
  caf::weak_actor_ptr client_;
};

void simulated_nodes::link::close() {
  if (auto end = std::exchange(handle, nullptr))
    static_cast<caf::monitorable_actor*>(end->get())
      ->cleanup(caf::exit_reason::remote_link_unreachable, nullptr);
  std::erase_if(node->links, [this](auto& x) { return x.get() == this; });
}

void simulated_nodes::proxy::enqueue(caf::mailbox_element_ptr what,
                                     caf::execution_unit*) {
  if (!link_->handle || !what->mid.is_request())
    return;
  auto& system = home_system();
  auto content = write(system, what->move_content_to_message());
  link_->carry(link_->way_there, [over = link_, &system, content,
                                  from = what->sender, id = what->mid] {
    over->node->run([over, &system, content, from, id] {
      ++over->node->arrived;
      caf::actor_config config;
      auto back = caf::make_actor<return_proxy, caf::strong_actor_ptr>(
        system.next_actor_id(), system.node(), &system, config, over, from);
      auto gateway
        = caf::actor_cast<caf::strong_actor_ptr>(over->node->gateway);
      gateway->enqueue(
        caf::make_mailbox_element(back, id, {}, read(system, content)),
        nullptr);
    });
  });
}

void simulated_nodes::return_proxy::enqueue(caf::mailbox_element_ptr what,
                                            caf::execution_unit*) {
  auto& system = home_system();
  auto content = write(system, what->move_content_to_message());
  auto to = caf::actor_cast<caf::strong_actor_ptr>(client_);
  link_->node->run([over = link_, &system, content, to, id = what->mid] {
    over->carry(over->way_back, [over, &system, content, to, id] {
      if (over->handle && to)
        to->enqueue(caf::make_mailbox_element(over->handle, id, {},
                                              read(system, content)),
                    nullptr);
    });
  });
}

// -- what happens to nodes ----------------------------------------------------

simulated_nodes::simulated_nodes(caf::actor_system& system, carrier carry)
  : system_(system), carry_(std::move(carry)) {
}

simulated_nodes::~simulated_nodes() {
  // Nothing is on its way any more.
  for (auto& x : nodes_) {
    x.second->dead = true;
    x.second->held.clear();
    for (auto& one : std::vector{x.second->links})
      one->close();
  }
}

void simulated_nodes::open(std::uint16_t port, gateway_actor gateway) {
  kill(port);
  auto& made = nodes_[port] = std::make_shared<node>();
  made->gateway = std::move(gateway);
}

void simulated_nodes::kill(std::uint16_t port) {
  auto known = nodes_.find(port);
  if (known == nodes_.end())
    return;
  auto victim = std::move(known->second);
  nodes_.erase(known);
  victim->dead = true;
  victim->stands_still = false;
  victim->held.clear();
  victim->gateway = nullptr;
  for (auto& x : std::vector{victim->links})
    carry_(x->way_back, [x] { x->close(); });
}

void simulated_nodes::stall(std::uint16_t port, bool stands_still) {
  auto& who = *nodes_.at(port);
  who.stands_still = stands_still;
  if (!stands_still)
    for (auto& what : std::exchange(who.held, {}))
      what();
}

std::size_t simulated_nodes::links() const {
  std::size_t result = 0;
  for (auto& x : nodes_)
    result += x.second->links.size();
  return result;
}

std::uint64_t simulated_nodes::arrived() const {
  std::uint64_t result = 0;
  for (auto& x : nodes_)
    result += x.second->arrived;
  return result;
}

// -- for clients --------------------------------------------------------------

std::shared_ptr<simulated_nodes::link>
simulated_nodes::make_link(const std::shared_ptr<node>& to) {
  auto result = std::make_shared<link>();
  result->node = to;
  result->carry = carry_;
  result->way_there = ++ways_;
  result->way_back = ++ways_;
  caf::actor_config config;
  result->handle = caf::make_actor<proxy, caf::strong_actor_ptr>(
    system_.next_actor_id(), system_.node(), &system_, config, result);
  to->links.push_back(result);
  return result;
}

void simulated_nodes::connect(const node_address& where,
                              obol::internal::duration, done tell) {
  carry_(++ways_, [self = shared_from_this(), port = where.port, tell] {
    auto known = self->nodes_.find(port);
    if (known == self->nodes_.end()) {
      tell(caf::make_error(ec::unavailable, std::string{"nobody is there"}));
      return;
    }
    // One that stands still greets when it goes on.
    auto to = known->second;
    to->run([self, to, tell] {
      auto made = self->make_link(to);
      self->carry_(made->way_back, [made, tell] {
        if (made->handle)
          tell(caf::actor_cast<gateway_actor>(made->handle));
      });
    });
  });
}

void simulated_nodes::cut(const gateway_actor& end) {
  auto handle = caf::actor_cast<caf::strong_actor_ptr>(end);
  for (auto& x : nodes_)
    for (auto& one : std::vector{x.second->links})
      if (one->handle == handle)
        one->close();
}

} // namespace obol::testing::internal
