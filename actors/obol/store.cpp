#include "obol/store.hpp"

#include "obol/error.hpp"
#include "obol/function_library.hpp"
#include "obol/internal/delete_operations.hpp"
#include "obol/internal/hex.hpp"
#include "obol/internal/read_operations.hpp"
#include "obol/internal/sealing.hpp"
#include "obol/internal/status.hpp"
#include "obol/internal/upsert_operation.hpp"
#include "obol/validation.hpp"

#include <algorithm>
#include <utility>

namespace obol {

namespace {

using namespace internal;

/// How often those who wait for readiness are looked at.
constexpr auto tick_interval = std::chrono::milliseconds{20};

/// How many may wait for readiness at a time.
constexpr std::size_t max_ready_waiters = 1024;

/// What is kept of an upsert's time to find out what became of it: a quarter,
/// but not more than this.
constexpr auto resolution_time_max = std::chrono::milliseconds{500};

duration time_to_write(duration whole) {
  return whole - std::min<duration>(whole / 4, resolution_time_max);
}

template <class Operation, class... Ts>
operation_ptr make_operation(Ts&&... xs) {
  return caf::make_counted<Operation>(std::forward<Ts>(xs)...);
}

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
    [this](const get_request& x) { return on_get(x); },
    [this](upsert_request& x) { return on_upsert(x); },
    [this](const delete_request& x) { return on_delete(x); },
    [this](const get_all_request& x) { return on_get_all(x); },
    [this](const delete_all_request& x) { return on_delete_all(x); },
    [this](const delete_others_request& x) { return on_delete_others(x); },
    [this](const revoke_before_request& x) { return on_revoke_before(x); },
    [this](const resolve_request& x) { return on_resolve(x); },
    [this](status_request) { return on_status(); },
    [this](const wait_ready_request& x) { return on_wait_ready(x); },
    [this](const subscribe_request& x) { on_subscribe(x); },
    [this](const pool_attached& x) { on_pool_attached(x); },
    [this](const readiness_changed& x) { on_readiness(x); },
    [this](tick_atom) { on_tick(); },
  };
}

// -- handlers -----------------------------------------------------------------

caf::result<get_answer> store_state::on_get(const get_request& x) {
  auto deadline = admit(validate(x.key), x.timeout);
  if (!deadline)
    return deadline.error();
  pass(make_operation<get_operation>(commands->get(x.key), x.key, *deadline));
  return caf::delegated<get_answer>{};
}

caf::result<session> store_state::on_upsert(upsert_request& x) {
  auto deadline = admit(validate(x.session), x.timeout);
  if (!deadline)
    return deadline.error();
  upsert_operation::arguments what;
  what.next = std::move(x.session);
  ++what.next.lock_version;
  auto stored = sealer->seal(what.next);
  if (!stored)
    return stored.error();
  auto now = store->env.clock->now();
  what.stored = std::move(*stored);
  what.operation_id = to_hex(store->env.random->next());
  what.time_to_write = time_to_write(*deadline - now);
  pass(make_operation<upsert_operation>(commands, std::move(what),
                                        store->server_time, now, *deadline));
  return caf::delegated<session>{};
}

caf::result<removed> store_state::on_delete(const delete_request& x) {
  auto deadline = admit(validate(x.key), x.timeout);
  if (!deadline)
    return deadline.error();
  pass(make_operation<delete_operation>(
    commands->remove(x.key), session_event_kind::deleted, x.key, *deadline));
  return caf::delegated<removed>{};
}

caf::result<get_all_answer> store_state::on_get_all(const get_all_request& x) {
  auto deadline = admit(validate(x.set), x.timeout);
  if (!deadline)
    return deadline.error();
  pass(make_operation<get_all_operation>(commands->get_all(x.set), x.set,
                                         *deadline));
  return caf::delegated<get_all_answer>{};
}

caf::result<removed> store_state::on_delete_all(const delete_all_request& x) {
  auto deadline = admit(validate(x.set), x.timeout);
  if (!deadline)
    return deadline.error();
  pass(make_operation<delete_operation>(
    commands->remove_all(x.set), session_event_kind::deleted_all,
    session_key{"", x.set.user_id, x.set.type}, *deadline));
  return caf::delegated<removed>{};
}

caf::result<removed>
store_state::on_delete_others(const delete_others_request& x) {
  auto deadline = admit(validate(x.keep), x.timeout);
  if (!deadline)
    return deadline.error();
  pass(make_operation<delete_operation>(
    commands->remove_others(x.keep), session_event_kind::deleted_all,
    session_key{"", x.keep.user_id, x.keep.type}, *deadline));
  return caf::delegated<removed>{};
}

caf::result<removed>
store_state::on_revoke_before(const revoke_before_request& x) {
  auto deadline = admit(validate(x.set), x.timeout);
  if (!deadline)
    return deadline.error();
  pass(make_operation<revoke_before_operation>(commands, x.set,
                                               x.created_before, *deadline));
  return caf::delegated<removed>{};
}

caf::result<resolution> store_state::on_resolve(const resolve_request& x) {
  auto deadline = admit(validate(x.token.key), x.timeout);
  if (!deadline)
    return deadline.error();
  pass(
    make_operation<resolve_operation>(commands->resolve(x.token), *deadline));
  return caf::delegated<resolution>{};
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
  auto& library = x.layout == layout::three_set
                    ? library_for_three_set()
                    : library_for_hash_field_expiry();
  commands = std::make_shared<session_commands>(
    keyspace{store->options.key_prefix, x.layout}, library.name,
    store->options.write_guard);
  sealer.emplace(make_sealer(*store, x.layout));
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

// -- passing on ---------------------------------------------------------------

caf::expected<instant> store_state::admit(caf::error rules,
                                          caf::timespan timeout) {
  if (rules)
    return rules;
  if (!pool)
    return trouble;
  return deadline_of(timeout);
}

caf::expected<instant> store_state::deadline_of(caf::timespan timeout) {
  duration whole = timeout.count() == 0 ? duration{store->options.deadline}
                                        : duration{timeout};
  if (whole < duration::zero() || whole > max_deadline)
    return caf::make_error(ec::invalid_argument,
                           std::string{"timeout must be from 0 to 10 s"});
  return store->env.clock->now() + whole;
}

void store_state::pass(operation_ptr what) {
  self->make_response_promise().delegate(pool, std::move(what));
}

store_actor::behavior_type
store(store_actor::stateful_pointer<store_state> self,
      store_context_ptr shared) {
  return self->state.make_behavior(std::move(shared));
}

} // namespace obol
