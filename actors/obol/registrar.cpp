#include "obol/registrar.hpp"

#include "obol/connection.hpp"
#include "obol/error.hpp"
#include "obol/internal/hex.hpp"
#include "obol/internal/raw_operation.hpp"

#include <utility>

namespace obol {

// -- life ---------------------------------------------------------------------

registrar_state::registrar_state(
  registrar_actor::stateful_pointer<registrar_state> self_ptr)
  : self(self_ptr) {
}

registrar_state::~registrar_state() {
  if (connection)
    caf::anon_send(connection, drain_atom::value);
}

registrar_actor::behavior_type
registrar_state::make_behavior(registrar_arguments arguments) {
  args = std::move(arguments);
  auto& options = args.store->options;
  retry_backoff = {options.backoff_initial, options.backoff_max};
  settled = options.layout;
  self->set_down_handler([this](caf::down_msg& x) { on_crash(x); });
  start();
  return {
    [this](const connection_up& x) { on_connection_up(x); },
    [this](const connection_down& x) { on_connection_down(x); },
    [](const checkin&) {},
    // One that comes back does so after `connection_down`, which has begun the
    // registration anew.
    [](const operation_ptr&) {},
    [this](const ensure_functions& x) { on_ensure(x); },
    [this](retry_atom) { on_retry(); },
  };
}

// -- handlers -----------------------------------------------------------------

void registrar_state::on_connection_up(const connection_up& x) {
  if (x.slot != generation || phase != phase::working)
    return;
  server = x.server;
  if (!setup)
    setup.emplace(args.store->options, settled, server,
                  internal::to_hex(args.store->env.random->next()));
  proceed();
}

void registrar_state::on_connection_down(const connection_down& x) {
  if (x.slot == generation && phase == phase::working && !x.stopped)
    fail(x.reason);
}

void registrar_state::on_ensure(const ensure_functions& x) {
  if (phase != phase::idle)
    return;
  why = x.why;
  start();
}

void registrar_state::on_retry() {
  if (phase == phase::resting)
    start();
}

void registrar_state::on_crash(const caf::down_msg& x) {
  if (!connection || connection.address() != x.source
      || phase != phase::working)
    return;
  args.store->counters.count(internal::restarted_actor::connection, x.reason);
  fail(caf::make_error(ec::unavailable,
                       std::string{"the connection ended unexpectedly"}));
}

// -- transitions --------------------------------------------------------------

void registrar_state::start() {
  phase = phase::working;
  setup.reset();
  connect(has_own_account() ? internal::account::registrar
                            : internal::account::data);
}

void registrar_state::connect(internal::account who) {
  disconnect();
  logged_in_as = who;
  connection_arguments arguments{args.store,
                                 caf::actor_cast<connection_owner>(self),
                                 ++generation, who, layout::automatic};
  connection
    = self->spawn<caf::monitored>(obol::connection, std::move(arguments));
}

void registrar_state::disconnect() {
  if (connection)
    self->send(connection, drain_atom::value);
  connection = nullptr;
}

void registrar_state::proceed() {
  auto wanted
    = has_own_account()
          && setup->needs() == internal::function_setup::permission::functions
        ? internal::account::registrar
        : internal::account::data;
  if (wanted != logged_in_as) {
    connect(wanted);
    return;
  }
  auto now = args.store->env.clock->now();
  auto what = caf::make_counted<internal::raw_operation>(
    setup->request(args.store->server_time.seconds_at(now)),
    now + args.store->options.deadline);
  // Every operation is answered by its deadline, so this wait has a bound.
  self
    ->request(caf::actor_cast<caf::actor>(connection), caf::infinite,
              operation_ptr{std::move(what)})
    .then(
      [this, asked = generation](const reply& x) {
        if (asked == generation)
          on_reply(x);
      },
      [this, asked = generation](caf::error& reason) {
        if (asked == generation && phase == phase::working)
          fail(std::move(reason));
      });
}

void registrar_state::on_reply(const reply& x) {
  if (phase != phase::working)
    return;
  switch (setup->on_reply(x)) {
    case internal::function_setup::progress::next:
      proceed();
      break;
    case internal::function_setup::progress::done:
      succeed();
      break;
    case internal::function_setup::progress::failed:
      fail(setup->failure());
      break;
  }
}

void registrar_state::succeed() {
  phase = phase::idle;
  retry_backoff.reset();
  disconnect();
  settled = setup->layout();
  if (setup->loaded()) {
    args.store->counters.functions_loaded.add(why);
    log(log_level::info, "functions loaded into the server");
  }
  self->send(args.supervisor, registration{{}, settled, server});
}

void registrar_state::fail(caf::error reason) {
  phase = phase::resting;
  ++generation;
  disconnect();
  if (!reason)
    reason
      = caf::make_error(ec::unavailable, std::string{"the connection ended"});
  log(log_level::warning, describe(reason));
  // What needs a person is not worth hurrying.
  auto hopeless = code_of(reason) == ec::misconfigured;
  auto wait = retry_backoff.next(args.store->env.random->next());
  self->delayed_send(self, hopeless ? args.store->options.backoff_max : wait,
                     retry_atom::value);
  self->send(args.supervisor, registration{std::move(reason), settled, server});
}

// -- queries ------------------------------------------------------------------

bool registrar_state::has_own_account() const {
  return !args.store->options.registrar_username.empty();
}

void registrar_state::log(log_level level, std::string_view what) const {
  if (args.store->log)
    args.store->log(level, name, what);
}

registrar_actor::behavior_type
registrar(registrar_actor::stateful_pointer<registrar_state> self,
          registrar_arguments arguments) {
  return self->state.make_behavior(std::move(arguments));
}

} // namespace obol
