#include "obol/remote_store.hpp"

#include "obol/error.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace obol {

namespace {

/// How often calls, nodes and those who wait are looked at.
constexpr auto tick_interval = std::chrono::milliseconds{20};

/// How many may wait for readiness at a time.
constexpr std::size_t max_ready_waiters = 1024;

/// What the stock handlers of a store's request never see: remote_door takes
/// these requests before they are in the mailbox.
caf::error passed_by() {
  return caf::make_error(ec::shutting_down,
                         std::string{"the store is stopping"});
}

} // namespace

// -- life ---------------------------------------------------------------------

remote_store_state::remote_store_state(pointer self_ptr) : self(self_ptr) {
}

remote_store_state::~remote_store_state() {
  for (auto& x : waiting)
    x.requester.deliver(passed_by());
  if (args.desk)
    args.desk->abort(nullptr);
}

remote_store_actor::behavior_type
remote_store_state::make_behavior(remote_store_arguments arguments) {
  args = std::move(arguments);
  attempts.resize(args.options.nodes.size());
  addresses.resize(args.options.nodes.size());
  // The stock handler would print the message, content included.
  self->set_default_handler(caf::drop);
  self->set_down_handler([this](caf::down_msg& x) { on_down(x); });
  self->set_exit_handler([this](caf::exit_msg&) { on_exit(); });
  on_tick();
  return {
    [](const get_request&) -> caf::result<get_answer> { return passed_by(); },
    [](const upsert_request&) -> caf::result<session> { return passed_by(); },
    [](const delete_request&) -> caf::result<removed> { return passed_by(); },
    [](const get_all_request&) -> caf::result<get_all_answer> {
      return passed_by();
    },
    [](const delete_all_request&) -> caf::result<removed> {
      return passed_by();
    },
    [](const delete_others_request&) -> caf::result<removed> {
      return passed_by();
    },
    [](const revoke_before_request&) -> caf::result<removed> {
      return passed_by();
    },
    [](const resolve_request&) -> caf::result<resolution> {
      return passed_by();
    },
    [this](status_request) { return args.desk->status(); },
    [this](const wait_ready_request& x) { return on_wait_ready(x); },
    [this](const subscribe_request& x) { on_subscribe(x); },
    [](const pool_attached&) {},
    [](const readiness_changed&) {},
    [this](tick_atom) { on_tick(); },
    [this](const node_connected& x) { on_connected(x); },
  };
}

// -- handlers -----------------------------------------------------------------

caf::result<store_status>
remote_store_state::on_wait_ready(const wait_ready_request& x) {
  if (closing)
    return passed_by();
  if (args.desk->is_ready())
    return args.desk->status();
  if (waiting.size() >= max_ready_waiters)
    return caf::make_error(ec::overloaded,
                           std::string{"too many wait for the store"});
  auto timeout = x.timeout.count() > 0
                   ? internal::duration{x.timeout}
                   : internal::duration{args.options.deadline};
  waiting.push_back(
    {self->make_response_promise(), args.clock->now() + timeout});
  return caf::delegated<store_status>{};
}

void remote_store_state::on_subscribe(const subscribe_request& x) {
  self->monitor(x.subscriber);
  args.desk->events.subscribe(x.subscriber);
}

void remote_store_state::on_tick() {
  auto duties = closing ? std::vector<internal::node_ledger::duty>{}
                        : args.desk->due();
  for (auto [task, slot_id] : duties) {
    auto slot = static_cast<std::uint32_t>(slot_id);
    switch (task) {
      case internal::node_ledger::task::connect:
        connect(slot);
        break;
      case internal::node_ledger::task::probe:
        args.desk->probe(slot, self->context());
        break;
      case internal::node_ledger::task::give_up:
        give_up(slot, caf::make_error(ec::unavailable,
                                      std::string{"a node is silent"}));
        break;
    }
  }
  args.desk->sweep(self->context());
  answer_waiting();
  quit_if_done();
  self->delayed_send(self, tick_interval, tick_atom::value);
}

void remote_store_state::on_connected(const node_connected& x) {
  if (x.attempt != attempts[x.slot] || closing) {
    // Too late: it was given up.
    if (x.node && !slot_of(x.node.address()))
      args.network->cut(x.node);
    return;
  }
  if (!x.node) {
    lose(x.slot, x.failure);
    return;
  }
  if (auto other = slot_of(x.node.address())) {
    // They share a connection. Should it be lost, this name may be the better.
    attempts[x.slot] = 0;
    log(log_level::warning, x.slot,
        "it is another name of the node "
          + to_string(args.options.nodes[*other]));
    args.desk->on_alias(x.slot);
    return;
  }
  addresses[x.slot] = x.node.address();
  self->monitor(x.node);
  args.desk->on_connected(x.slot, x.node);
  args.desk->probe(x.slot, self->context());
  log(log_level::info, x.slot, "connected");
}

void remote_store_state::on_down(const caf::down_msg& x) {
  auto slot = slot_of(x.source);
  if (!slot) {
    args.desk->events.remove(x.source);
    return;
  }
  auto reason
    = caf::make_error(ec::unavailable, std::string{"a node was lost"});
  // Else its actor has ended, and there still is a connection.
  if (x.reason == caf::exit_reason::remote_link_unreachable)
    lose(*slot, std::move(reason));
  else
    give_up(*slot, std::move(reason));
}

void remote_store_state::on_exit() {
  closing = true;
  for (auto& x : std::exchange(waiting, {}))
    x.requester.deliver(passed_by());
  args.desk->close(self->context());
  quit_if_done();
}

// -- transitions --------------------------------------------------------------

void remote_store_state::connect(std::uint32_t slot) {
  auto attempt = attempts[slot] = ++attempts_made;
  // The network may outlive this actor.
  auto to = self->address();
  args.network->connect(
    args.options.nodes[slot], args.options.connect_timeout,
    [to, slot, attempt,
     network = std::weak_ptr{args.network}](caf::expected<gateway_actor> node) {
      node_connected result{attempt, slot, {}, {}};
      if (node)
        result.node = std::move(*node);
      else
        result.failure = std::move(node.error());
      if (auto owner = caf::actor_cast<caf::actor>(to))
        caf::anon_send(owner, std::move(result));
      else if (auto still = network.lock(); still && result.node)
        still->cut(result.node);
    });
}

void remote_store_state::lose(std::uint32_t slot, caf::error reason) {
  // What the attempt still brings is of no use.
  attempts[slot] = 0;
  log(log_level::warning, slot, describe(reason));
  if (auto node = args.desk->node(slot)) {
    self->demonitor(node.address());
    addresses[slot] = nullptr;
  }
  args.desk->on_lost(slot, std::move(reason), self->context());
}

void remote_store_state::give_up(std::uint32_t slot, caf::error reason) {
  auto node = args.desk->node(slot);
  // Calls go to others first: cutting may take a moment.
  lose(slot, std::move(reason));
  if (node)
    args.network->cut(node);
}

void remote_store_state::answer_waiting() {
  auto ready = args.desk->is_ready();
  if (ready != was_ready && args.log)
    args.log(log_level::info, name, ready ? "ready" : "not ready");
  was_ready = ready;
  auto now = args.clock->now();
  std::erase_if(waiting, [&](waiter& x) {
    if (ready)
      x.requester.deliver(args.desk->status());
    else if (now >= x.until)
      x.requester.deliver(args.desk->trouble());
    return ready || now >= x.until;
  });
}

void remote_store_state::quit_if_done() {
  if (!closing || args.desk->in_flight() > 0)
    return;
  for (std::size_t slot = 0; slot < addresses.size(); ++slot)
    if (auto node = args.desk->node(slot))
      args.network->cut(node);
  self->quit();
}

std::optional<std::uint32_t>
remote_store_state::slot_of(const caf::actor_addr& node) const {
  auto found = std::find(addresses.begin(), addresses.end(), node);
  if (found == addresses.end())
    return std::nullopt;
  return static_cast<std::uint32_t>(found - addresses.begin());
}

void remote_store_state::log(log_level level, std::uint32_t slot,
                             std::string_view what) const {
  if (!args.log)
    return;
  auto text = to_string(args.options.nodes[slot]) + ": ";
  args.log(level, name, text += what);
}

// -- the door -----------------------------------------------------------------

namespace internal {

remote_door::remote_door(caf::actor_config& config,
                         remote_store_arguments arguments)
  : super(config), desk_(arguments.desk), args_(std::move(arguments)) {
  desk_->set_sender(address());
}

remote_door::behavior_type remote_door::make_behavior() {
  return state.make_behavior(std::move(args_));
}

void remote_door::enqueue(caf::mailbox_element_ptr what,
                          caf::execution_unit* host) {
  if (what->mid.is_response()) {
    if (desk_->answer(*what, host))
      return;
  } else if (!getf(is_terminated_flag)) {
    auto kind = kind_of_content(what->content());
    if (kind != request_kind::none) {
      desk_->take(*what, kind, host);
      return;
    }
  }
  super::enqueue(std::move(what), host);
}

caf::expected<store_actor>
connect_store(caf::actor_system& system, remote_options settings, log_sink log,
              std::shared_ptr<node_network> network,
              std::shared_ptr<const clock> time,
              std::shared_ptr<random_source> random) {
  if (auto broken = validate(settings))
    return broken;
  auto desk = std::make_shared<remote_desk>(settings, time, random);
  remote_store_arguments arguments{std::move(settings), std::move(network),
                                   std::move(time),     std::move(random),
                                   std::move(log),      desk};
  remote_store_actor made
    = system.spawn<remote_door>(std::move(arguments));
  return store_actor{made};
}

} // namespace internal

} // namespace obol
