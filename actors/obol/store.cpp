#include "obol/store.hpp"

#include "obol/error.hpp"
#include "obol/internal/make_operation.hpp"
#include "obol/internal/requester.hpp"
#include "obol/internal/status.hpp"

#include <algorithm>
#include <utility>

namespace obol {

namespace {

using namespace internal;

/// How often those who wait for readiness are looked at.
constexpr auto tick_interval = std::chrono::milliseconds{20};

/// How many may wait for readiness at a time.
constexpr std::size_t max_ready_waiters = 1024;

} // namespace

// -- life ---------------------------------------------------------------------

store_state::store_state(store_actor::stateful_pointer<store_state> self_ptr)
  : self(self_ptr) {
}

store_state::~store_state() {
  for (auto& x : waiting)
    x.requester.deliver(
      caf::make_error(ec::shutting_down, std::string{"the store is stopping"}));
}

store_actor::behavior_type
store_state::make_behavior(store_context_ptr shared) {
  store = std::move(shared);
  trouble = caf::make_error(ec::unavailable, std::string{"starting"});
  // The stock handler would print the message, content included.
  self->set_default_handler(caf::drop);
  self->set_down_handler([this](caf::down_msg& x) { on_down(x); });
  return {
    [this](get_request& x) { return on_request<get_answer>(x); },
    [this](upsert_request& x) { return on_request<session>(x); },
    [this](delete_request& x) { return on_request<removed>(x); },
    [this](get_all_request& x) { return on_request<get_all_answer>(x); },
    [this](delete_all_request& x) { return on_request<removed>(x); },
    [this](delete_others_request& x) { return on_request<removed>(x); },
    [this](revoke_before_request& x) { return on_request<removed>(x); },
    [this](resolve_request& x) { return on_request<resolution>(x); },
    [this](status_request) { return on_status(); },
    [this](const wait_ready_request& x) { return on_wait_ready(x); },
    [this](const subscribe_request& x) { on_subscribe(x); },
    [this](const pool_attached& x) { on_pool_attached(x); },
    [this](const readiness_changed& x) { on_readiness(x); },
    [this](tick_atom) { on_tick(); },
  };
}

// -- handlers -----------------------------------------------------------------

template <class Answer, class Request>
caf::result<Answer> store_state::on_request(Request& x) {
  auto kind = kind_of(x);
  store->door.leave(kind);
  if (auto broken = check(x)) {
    store->metrics->refused(kind, outcome_of(broken));
    return broken;
  }
  if (!pool) {
    store->metrics->refused(kind, outcome_of(trouble));
    return trouble;
  }
  requester{self}.delegate(pool, make_operation(*store, x));
  return caf::delegated<Answer>{};
}

caf::result<store_status> store_state::on_status() {
  if (pool)
    return self->delegate(pool, status_request{});
  auto result = status_of(*store, registration{});
  result.reason = describe(trouble);
  return result;
}

caf::result<store_status>
store_state::on_wait_ready(const wait_ready_request& x) {
  if (ready && pool)
    return on_status();
  if (waiting.size() >= max_ready_waiters)
    return caf::make_error(ec::overloaded,
                           std::string{"too many wait for the store"});
  auto timeout = x.timeout.count() > 0 ? duration{x.timeout}
                                       : duration{store->options.deadline};
  waiting.push_back(
    {self->make_response_promise(), store->env.clock->now() + timeout});
  if (waiting.size() == 1)
    self->delayed_send(self, tick_interval, tick_atom::value);
  return caf::delegated<store_status>{};
}

void store_state::on_subscribe(const subscribe_request& x) {
  self->monitor(x.subscriber);
  store->events.subscribe(x.subscriber);
}

void store_state::on_pool_attached(const pool_attached& x) {
  pool = x.pool;
  self->monitor(pool);
  answer_waiting();
}

void store_state::on_readiness(const readiness_changed& x) {
  ready = x.ready;
  if (!ready)
    trouble = x.reason;
  answer_waiting();
}

void store_state::on_down(const caf::down_msg& x) {
  if (!pool || x.source != pool.address()) {
    store->events.remove(x.source);
    return;
  }
  // Until the supervisor has another one.
  pool = nullptr;
  ready = false;
  trouble = caf::make_error(ec::unavailable,
                            std::string{"the pool is being restarted"});
}

void store_state::on_tick() {
  auto now = store->env.clock->now();
  std::erase_if(waiting, [&](waiter& x) {
    if (now < x.until)
      return false;
    x.requester.deliver(trouble);
    return true;
  });
  if (!waiting.empty())
    self->delayed_send(self, tick_interval, tick_atom::value);
}

void store_state::answer_waiting() {
  // While a pool is being restarted there is nobody to tell more.
  if (!ready || !pool)
    return;
  for (auto& one : std::exchange(waiting, {}))
    one.requester.delegate(pool, status_request{});
}

} // namespace obol
