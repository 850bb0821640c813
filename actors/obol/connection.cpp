#include "obol/connection.hpp"

#include "obol/error.hpp"
#include "obol/internal/errors.hpp"
#include "obol/internal/io_signal.hpp"
#include "obol/internal/jitter.hpp"
#include "obol/internal/operation.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace obol {

namespace {

using internal::connection_fsm;
using internal::reconnect_reason;
using internal::unavailable;

/// Deadlines within so little time are looked at together.
constexpr auto min_tick = std::chrono::milliseconds{1};

constexpr const char* ping = "*1\r\n$4\r\nPING\r\n";

} // namespace

// -- life ---------------------------------------------------------------------

connection_state::connection_state(
  connection_actor::stateful_pointer<connection_state> self_ptr)
  : self(self_ptr) {
}

connection_state::~connection_state() {
  if (wire)
    wire->socket().reset();
  if (!args.store)
    return;
  auto reason = caf::make_error(ec::shutting_down,
                                std::string{"the connection was ended"});
  in_flight.give_up(reason, now());
  args.submitted->close();
  while (auto x = args.submitted->next(self))
    in_flight.answer(*x, x->what->give_up(false, reason), now());
}

connection_actor::behavior_type
connection_state::make_behavior(connection_arguments arguments) {
  args = std::move(arguments);
  auto& options = args.store->options;
  auto& random = *args.store->env.random;
  fsm = connection_fsm{
    {options.connect_timeout, options.command_timeout,
     options.health_check_interval,
     internal::jittered(options.connection_max_lifetime, random.next())}};
  reconnect_backoff = {options.backoff_initial, options.backoff_max};
  in_flight = {args.store, args.owner, args.slot, args.layout};
  // What the end of this actor leaves in its mailbox is counted there.
  self->attach_functor([counts = args.store->metrics] {});
  if (args.store->env.sends_late)
    late_flush = caf::make_counted<internal::late_message>(
      self->address(), caf::make_message(flush_atom::value));
  connect();
  return {
    [this](submit_atom) { on_submitted(); },
    [this](operation_ptr& what) {
      on_operation(internal::take_over(self, what));
    },
    [this](io_atom) { on_io(); },
    [this](flush_atom) { on_flush(); },
    [this](tick_atom) { on_tick(); },
    [this](reconnect_atom) { on_reconnect(); },
    [this](renew_atom) { start_draining(); },
    [this](drain_atom) { on_drain(); },
  };
}

// -- handlers -----------------------------------------------------------------

void connection_state::on_submitted() {
  args.submitted->take();
  while (auto count = in_flight.prepare(*args.submitted))
    for (; count > 0; --count)
      on_operation(std::move(*args.submitted->next(self)));
}

void connection_state::on_operation(internal::flight x) {
  ++arrived;
  if (batch.empty())
    batch.begin(now(), args.store->desk.in_flight());
  auto time = batch.since();
  if (fsm.current() != phase::ready) {
    in_flight.hand_back(std::move(x));
    stop_if_alone();
    return;
  }
  auto idle = in_flight.empty() && !wire->has_unsent();
  auto deadline = x.what->deadline();
  if (!in_flight.add(std::move(x), wire->unsent(), time)) {
    check_in(in_flight.take_answered());
    return;
  }
  tick_at(std::min(deadline, time + args.store->options.command_timeout), time);
  // The first request goes at once; those already in the mailbox go together.
  if ((idle && !late_flush) || batch.add())
    write();
  else
    write_soon();
}

void connection_state::on_io() {
  if (!wire)
    return;
  wire->socket().acknowledge();
  switch (fsm.current()) {
    case phase::connecting:
      on_connect_progress();
      break;
    case phase::handshaking:
    case phase::ready:
    case phase::draining:
      read_all();
      break;
    case phase::disconnected:
    case phase::stopped:
      break;
  }
}

void connection_state::on_connect_progress() {
  switch (wire->socket().poll_connect()) {
    case internal::connect_status::pending:
      break;
    case internal::connect_status::connected:
      start_handshake();
      break;
    case internal::connect_status::failed:
      lose(unavailable(wire->socket().failure()),
           reconnect_reason::connect_failed);
      break;
  }
}

void connection_state::on_flush() {
  flush_pending = false;
  write();
}

void connection_state::on_tick() {
  auto time = now();
  if (!timer.on_tick(time))
    return;
  in_flight.answer_overdue(time);
  switch (fsm.look(time, in_flight.oldest())) {
    case connection_fsm::due::nothing:
      break;
    case connection_fsm::due::connect_timeout:
      lose(unavailable("no answer within connect_timeout"),
           reconnect_reason::connect_timeout);
      break;
    case connection_fsm::due::stalled:
      lose(unavailable("no progress within command_timeout"),
           reconnect_reason::stalled);
      break;
    case connection_fsm::due::probe:
      wire->put(ping);
      in_flight.add_probe(std::string_view{ping}.size(), time);
      write();
      break;
    case connection_fsm::due::renewal:
      log(log_level::debug, "renewed, connection_max_lifetime has passed");
      args.store->counters.reconnects.add(reconnect_reason::lifetime);
      start_draining();
      break;
  }
  schedule_tick(time);
}

void connection_state::on_reconnect() {
  if (fsm.current() == phase::disconnected && !stopping)
    connect();
}

void connection_state::on_drain() {
  stopping = true;
  switch (fsm.current()) {
    case phase::disconnected:
      stop_if_alone();
      break;
    case phase::connecting:
    case phase::handshaking:
      lose({});
      break;
    case phase::ready:
      start_draining();
      break;
    case phase::draining:
    case phase::stopped:
      break;
  }
}

// -- transitions --------------------------------------------------------------

void connection_state::connect() {
  fsm.transition_to(phase::connecting, now());
  ++args.store->counters.connections_opened;
  wire = std::make_unique<internal::wire>(
    args.store->env.network->make(internal::io_signal_to(self->address())));
  in_flight.start_stream();
  broken = {};
  wire->socket().connect(args.store->options.endpoint);
  schedule_tick(now());
}

void connection_state::start_handshake() {
  fsm.transition_to(phase::handshaking, now());
  greeting.emplace(args.store->options, args.account);
  continue_handshake();
}

void connection_state::continue_handshake() {
  wire->put_secret(greeting->request());
  asked_at = now();
  write();
}

void connection_state::become_ready() {
  fsm.transition_to(phase::ready, now());
  reconnect_backoff.reset();
  if (auto text = greeting->clock_warning(); !text.empty())
    log(log_level::warning, text);
  log(log_level::debug, "ready");
  schedule_tick(now());
  args.store->desk.set_alive(args.epoch, args.slot, true);
  self->send(args.owner, connection_up{args.slot, greeting->server()});
  greeting.reset();
}

void connection_state::start_draining() {
  if (fsm.current() != phase::ready)
    return;
  fsm.transition_to(phase::draining, now());
  args.store->desk.set_alive(args.epoch, args.slot, false);
  self->send(args.owner, connection_down{args.slot, {}, false});
  finish_draining_if_idle();
}

void connection_state::finish_draining_if_idle() {
  if (fsm.current() != phase::draining || !in_flight.empty())
    return;
  wire->socket().close();
  wire.reset();
  fsm.transition_to(phase::disconnected, now());
  if (stopping)
    stop_if_alone();
  else
    connect();
}

void connection_state::lose(caf::error reason, reconnect_reason why) {
  auto was_up = fsm.current() == phase::ready;
  fsm.transition_to(phase::disconnected, now());
  if (wire)
    wire->socket().reset();
  wire.reset();
  batch.clear();
  greeting.reset();
  if (reason) {
    args.store->counters.reconnects.add(why);
    log(was_up ? log_level::warning : log_level::debug, describe(reason));
  }
  // Told before the operations come back, so that they go elsewhere.
  args.store->desk.set_alive(args.epoch, args.slot, false);
  auto unfit = was_up && why == reconnect_reason::unfit_server;
  self->send(args.owner, connection_down{args.slot, reason, false, unfit});
  in_flight.on_lost(now());
  check_in(in_flight.take_answered());
  if (stopping) {
    stop_if_alone();
    return;
  }
  auto wait = reconnect_backoff.next(args.store->env.random->next());
  self->delayed_send(self, wait, reconnect_atom::value);
}

void connection_state::stop_if_alone() {
  if (!stopping || fsm.current() != phase::disconnected
      || args.store->desk.has_on_way(args.epoch, args.slot, arrived))
    return;
  fsm.transition_to(phase::stopped, now());
  self->send(args.owner, connection_down{args.slot, {}, true});
  self->quit();
}

// -- bytes --------------------------------------------------------------------

void connection_state::read_all() {
  auto time = now();
  auto result = wire->read([this, time](std::span<reply> replies) {
    while (greeting && !replies.empty() && !broken) {
      on_handshake_reply(replies.front());
      replies = replies.subspan(1);
    }
    if (!broken)
      broken = in_flight.on_replies(replies, time);
    return !broken;
  });
  if (result.bytes > 0)
    fsm.on_progress(time);
  check_in(in_flight.take_answered());
  auto why = greeting ? reconnect_reason::handshake_failed
             : broken ? reconnect_reason::unfit_server
                      : reconnect_reason::broken;
  if (!broken)
    broken = std::move(result.failure);
  if (broken) {
    if (result.is_too_large)
      in_flight.on_too_large(time);
    lose(std::exchange(broken, {}), why);
    return;
  }
  if (wire->has_unsent())
    write();
  finish_draining_if_idle();
}

void connection_state::on_handshake_reply(reply& x) {
  auto& env = args.store->env;
  switch (greeting->on_reply(x, asked_at, now(), env.clock->unix_ms(),
                             args.store->server_time)) {
    case internal::handshake::progress::next:
      continue_handshake();
      break;
    case internal::handshake::progress::done:
      become_ready();
      break;
    case internal::handshake::progress::failed:
      broken = greeting->failure();
      break;
  }
}

void connection_state::write() {
  if (!wire)
    return;
  batch.clear();
  auto sent = wire->flush();
  if (!greeting)
    in_flight.on_written(sent);
}

void connection_state::write_soon() {
  if (std::exchange(flush_pending, true))
    return;
  if (late_flush)
    late_flush->send(self->context());
  else
    self->send(self, flush_atom::value);
}

void connection_state::check_in(std::uint32_t count) {
  // Whoever waits for the room waits at the owner.
  if (count > 0
      && args.store->desk.checkin(args.epoch, args.slot, count, now()))
    self->send(args.owner, checkin{args.slot, count});
}

// -- queries ------------------------------------------------------------------

internal::instant connection_state::now() const {
  return args.store->env.clock->now();
}

void connection_state::schedule_tick(internal::instant time) {
  for (auto when :
       {fsm.next_look(in_flight.oldest()), in_flight.next_deadline()})
    if (when)
      tick_at(*when, time);
}

void connection_state::tick_at(internal::instant when, internal::instant time) {
  auto wait = std::max<internal::duration>(when - time, min_tick);
  if (timer.schedule(time, wait))
    self->delayed_send(self, wait, tick_atom::value);
}

void connection_state::log(log_level level, std::string_view what) const {
  if (args.store->log)
    args.store->log(level, name, what);
}

connection_actor::behavior_type
connection(connection_actor::stateful_pointer<connection_state> self,
           connection_arguments arguments) {
  return self->state.make_behavior(std::move(arguments));
}

} // namespace obol
