#include "obol/pool.hpp"

#include "obol/connection.hpp"
#include "obol/error.hpp"
#include "obol/internal/status.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace obol {

namespace {

/// How often waiting requests are looked at, and idle overflow connections.
constexpr auto busy_tick = std::chrono::milliseconds{20};
constexpr auto idle_tick = std::chrono::milliseconds{500};

} // namespace

// -- life ---------------------------------------------------------------------

pool_state::pool_state(pool_actor::stateful_pointer<pool_state> self_ptr)
  : self(self_ptr) {
}

pool_state::~pool_state() {
  if (args.store) {
    args.store->desk.close(epoch);
    args.store->counters.waiting = 0;
  }
  for (auto* queue : {&waiting, &delayed, &awaiting_functions})
    for (auto& x : *queue)
      reject(x, ec::shutting_down, "the store is stopping");
  for (auto& connection : connections)
    if (connection)
      caf::anon_send(connection, drain_atom::value);
}

pool_actor::behavior_type pool_state::make_behavior(pool_arguments arguments) {
  args = std::move(arguments);
  epoch = args.store->desk.open(
    caf::actor_cast<pool_actor>(self),
    internal::pool_ledger::limits::of(args.store->options.pool));
  trouble = caf::make_error(ec::unavailable, std::string{"connecting"});
  // Said by the pool itself, so that the store hears of it before it hears that
  // it is ready.
  self->send(args.front_door, pool_attached{caf::actor_cast<pool_actor>(self),
                                            args.functions.layout});
  self->set_down_handler([this](caf::down_msg& x) { on_crash(x); });
  // What the end of this actor leaves in its mailbox is counted there.
  self->attach_functor([counts = args.store->metrics] {});
  for (std::size_t i = 0; i < args.store->options.pool.size; ++i)
    open_connection(false);
  return {
    [this](const connection_up& x) { on_connection_up(x); },
    [this](const connection_down& x) { on_connection_down(x); },
    [this](const checkin& x) { on_checkin(x); },
    [this](operation_ptr& what) { on_operation(what); },
    [this](status_request) { return on_status(); },
    [this](const registration& x) { on_registration(x); },
    [this](tick_atom) { on_tick(); },
    [this](drain_atom) { on_drain(); },
  };
}

// -- handlers -----------------------------------------------------------------

void pool_state::on_connection_up(const connection_up& x) {
  if (draining || !ledger()->has_slot(x.slot))
    return;
  std::erase(renewing, x.slot);
  if (!verified) {
    // This may be another server, or the same one without its memory.
    unverified.push_back(x.slot);
    if (!std::exchange(ensuring, true))
      self->send(args.supervisor, ensure_functions{load_reason::reconnected});
    return;
  }
  ledger()->on_up(x.slot, now());
  tell_readiness();
  dispatch();
}

void pool_state::on_connection_down(const connection_down& x) {
  if (!ledger()->has_slot(x.slot))
    return;
  std::erase(unverified, x.slot);
  std::erase(renewing, x.slot);
  if (x.stopped) {
    self->demonitor(connections[x.slot].address());
    give_up_slot(x.slot);
    quit_if_drained();
    dispatch();
    return;
  }
  ledger()->on_down(x.slot);
  if (x.reason) {
    verified = false;
    trouble = x.reason;
  } else {
    renewing.push_back(x.slot);
  }
  // The others lead to the same server, and would go on to read there.
  for (auto& one : connections)
    if (x.unfit_server && one)
      self->send(one, renew_atom::value);
  tell_readiness();
}

void pool_state::on_checkin(const checkin&) {
  dispatch();
}

void pool_state::on_operation(operation_ptr& what) {
  auto room = what->came_back ? std::optional{what->came_from} : std::nullopt;
  take_in({internal::take_over(self, what), now()});
  tell_desk();
  // Not before it counts as waiting, or another could come in its place.
  if (room && args.store->desk.checkin(epoch, *room, 1, now()))
    dispatch();
  schedule_tick();
}

void pool_state::take_in(waiter x) {
  if (draining) {
    reject(x, ec::shutting_down, "the store is stopping");
  } else if (x.what->deadline() <= x.since) {
    x.answer(x.what->on_deadline(false), x.since);
  } else if (x.what->awaits_functions) {
    awaiting_functions.push_back(std::move(x));
    if (!std::exchange(ensuring, true))
      self->send(args.supervisor,
                 ensure_functions{load_reason::functions_missing});
  } else if (x.what->not_before > x.since) {
    delayed.push_back(std::move(x));
  } else {
    wait_for_room(std::move(x));
  }
}

store_status pool_state::on_status() {
  auto result = internal::status_of(*args.store, args.functions);
  result.phase = draining ? pool_phase::not_ready : ledger()->phase();
  result.pool = ledger()->counts();
  result.pool.waiting = static_cast<std::uint32_t>(queued());
  if (result.phase != pool_phase::not_ready)
    return result;
  if (draining)
    result.reason = "the store is stopping";
  else
    result.reason = renewing.empty() ? describe(trouble)
                                     : "the connection is being renewed";
  return result;
}

void pool_state::on_registration(const registration& x) {
  ensuring = false;
  auto list = std::exchange(awaiting_functions, {});
  if (x.failure) {
    // The registrar goes on trying; those who wait are told now.
    trouble = x.failure;
    for (auto& one : list)
      one.answer(one.what->give_up(false, x.failure), now());
    ensuring = true;
    tell_desk();
    tell_readiness();
    return;
  }
  verified = true;
  for (auto slot : std::exchange(unverified, {}))
    ledger()->on_up(slot, now());
  for (auto& one : list)
    one.what->awaits_functions = false;
  tell_readiness();
  std::move(list.begin(), list.end(), std::back_inserter(waiting));
  dispatch();
}

void pool_state::on_tick() {
  auto time = now();
  if (!timer.on_tick(time))
    return;
  for (auto* queue : {&waiting, &delayed, &awaiting_functions})
    sweep(*queue, time);
  auto due
    = std::stable_partition(delayed.begin(), delayed.end(),
                            [&](auto& x) { return x.what->not_before > time; });
  std::move(due, delayed.end(), std::back_inserter(waiting));
  delayed.erase(due, delayed.end());
  dispatch();
  close_lingering(time);
  schedule_tick();
}

void pool_state::on_drain() {
  draining = true;
  trouble
    = caf::make_error(ec::shutting_down, std::string{"the store is stopping"});
  tell_readiness();
  for (auto* queue : {&waiting, &delayed, &awaiting_functions})
    for (auto& x : std::exchange(*queue, {}))
      reject(x, ec::shutting_down, "the store is stopping");
  tell_desk();
  for (std::uint32_t slot = 0; slot < connections.size(); ++slot) {
    if (!connections[slot])
      continue;
    ledger()->on_draining(slot);
    self->send(connections[slot], drain_atom::value);
  }
  quit_if_drained();
}

void pool_state::on_crash(const caf::down_msg& x) {
  auto i = std::find_if(connections.begin(), connections.end(), [&](auto& one) {
    return one && one.address() == x.source;
  });
  if (i == connections.end())
    return;
  args.store->counters.count(internal::restarted_actor::connection, x.reason);
  auto slot = static_cast<std::uint32_t>(i - connections.begin());
  log(log_level::error, "a connection ended unexpectedly");
  std::erase(unverified, slot);
  std::erase(renewing, slot);
  give_up_slot(slot);
  tell_readiness();
  quit_if_drained();
  // Replaced at the next tick, so that one that cannot live does not spin.
  schedule_tick();
}

// -- transitions --------------------------------------------------------------

void pool_state::open_connection(bool overflow) {
  auto slot = ledger()->add(overflow);
  if (connections.size() <= slot)
    connections.resize(slot + 1);
  connection_arguments arguments{args.store,
                                 caf::actor_cast<connection_owner>(self), slot};
  arguments.layout = args.functions.layout;
  arguments.epoch = epoch;
  auto queue = arguments.submitted;
  connections[slot]
    = self->spawn<caf::monitored>(connection, std::move(arguments));
  queue->tell(connections[slot].address());
  args.store->desk.seat(slot, std::move(queue));
}

void pool_state::give_up_slot(std::uint32_t slot) {
  connections[slot] = nullptr;
  args.store->desk.seat(slot, {});
  ledger()->remove(slot);
}

void pool_state::tell_readiness() {
  auto ready = may_serve() && !draining;
  if (ready == was_ready && ready)
    return;
  if (ready != was_ready)
    log(log_level::info, ready ? "ready" : "not ready: " + describe(trouble));
  was_ready = ready;
  self->send(args.front_door,
             readiness_changed{ready, ready ? caf::error{} : trouble});
}

void pool_state::quit_if_drained() {
  auto open = std::any_of(connections.begin(), connections.end(),
                          [](auto& x) { return x != nullptr; });
  if (draining && !open)
    self->quit();
}

// -- waiting ------------------------------------------------------------------

void pool_state::dispatch() {
  while (!waiting.empty()) {
    if (waiting.front().drop_if_orphaned()) {
      waiting.pop_front();
      continue;
    }
    auto connection = args.store->desk.checkout();
    // One that has crashed does not take it, and comes to be known here soon.
    if (!connection || !connection->put(waiting.front(), self->context()))
      break;
    waiting.pop_front();
  }
  tell_desk();
}

void pool_state::tell_desk() {
  args.store->desk.set_queue(!waiting.empty(), queued() > 0 && queue_is_full());
  args.store->counters.waiting = static_cast<std::uint32_t>(queued());
}

void pool_state::wait_for_room(waiter x) {
  if (!may_serve() && !x.what->came_back) {
    x.answer(x.what->give_up(false, trouble), x.since);
    return;
  }
  if (queue_is_full() && !x.what->came_back) {
    reject(x, ec::overloaded,
           "all connections are busy and pool.max_waiting "
           "requests wait");
    return;
  }
  waiting.push_back(std::move(x));
  dispatch();
  if (!waiting.empty() && may_overflow())
    open_connection(true);
}

void pool_state::sweep(std::deque<waiter>& queue, internal::instant time) {
  auto checkout_timeout = args.store->options.pool.checkout_timeout;
  auto over = [&](waiter& x) {
    if (x.drop_if_orphaned())
      return true;
    if (x.what->deadline() <= time) {
      x.answer(x.what->on_deadline(false), time);
      return true;
    }
    // What came back from a connection has its deadline alone.
    if (x.what->came_back || time - x.since < checkout_timeout)
      return false;
    if (may_serve())
      reject(x, ec::overloaded,
             "no connection had room within "
             "pool.checkout_timeout");
    else
      x.answer(x.what->give_up(false, trouble), time);
    return true;
  };
  std::erase_if(queue, over);
}

void pool_state::reject(waiter& x, ec code, std::string reason) {
  auto error = caf::make_error(code, std::move(reason));
  x.answer(x.what->give_up(false, std::move(error)), now());
}

void pool_state::close_lingering(internal::instant time) {
  if (draining)
    return;
  while (auto slot = ledger()->retire_lingering(time))
    self->send(connections[*slot], drain_atom::value);
  while (ledger()->permanent() < args.store->options.pool.size)
    open_connection(false);
}

void pool_state::schedule_tick() {
  auto short_handed = ledger()->permanent() < args.store->options.pool.size;
  internal::duration wait{};
  if (queued() > 0)
    wait = busy_tick;
  else if (short_handed || ledger()->has_overflow())
    wait = idle_tick;
  else
    return;
  if (timer.schedule(now(), wait))
    self->delayed_send(self, wait, tick_atom::value);
}

// -- queries ------------------------------------------------------------------

internal::instant pool_state::now() const {
  return args.store->env.clock->now();
}

std::size_t pool_state::queued() const {
  return waiting.size() + delayed.size() + awaiting_functions.size();
}

bool pool_state::queue_is_full() const {
  return queued() >= args.store->options.pool.max_waiting;
}

bool pool_state::may_serve() const {
  return ledger()->any_ready() || !renewing.empty();
}

bool pool_state::may_overflow() const {
  auto book = ledger();
  return book->any_ready() && book->may_overflow();
}

internal::checkout_desk::access pool_state::ledger() const {
  return args.store->desk.ledger();
}

void pool_state::log(log_level level, std::string_view what) const {
  if (args.store->log)
    args.store->log(level, name, what);
}

pool_actor::behavior_type pool(pool_actor::stateful_pointer<pool_state> self,
                               pool_arguments arguments) {
  return self->state.make_behavior(std::move(arguments));
}

} // namespace obol
