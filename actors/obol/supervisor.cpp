#include "obol/supervisor.hpp"

#include "obol/error.hpp"
#include "obol/pool.hpp"
#include "obol/registrar.hpp"

#include <utility>

namespace obol {

namespace {

using internal::restarted_actor;

/// How long to wait before what failed is started again.
constexpr auto restart_delay = std::chrono::milliseconds{200};

/// How long a stop may take. No request may take longer than `max_deadline`,
/// so only a defect makes it last until here.
constexpr auto stop_timeout = max_deadline + std::chrono::seconds{2};

} // namespace

// -- life ---------------------------------------------------------------------

supervisor_state::supervisor_state(
  supervisor_actor::stateful_pointer<supervisor_state> self_ptr)
  : self(self_ptr) {
}

supervisor_actor::behavior_type
supervisor_state::make_behavior(supervisor_arguments arguments) {
  args = std::move(arguments);
  alive = caf::actor_cast<supervisor_actor>(self);
  self->set_down_handler([this](caf::down_msg& x) { on_down(x); });
  self->monitor(args.front_door);
  start_registrar();
  return {
    [this](const registration& x) { on_registration(x); },
    [this](const ensure_functions& x) { on_ensure(x); },
    [this](restart_registrar_atom) { start_registrar(); },
    [this](restart_pool_atom) { start_pool(); },
    [this](give_up_atom) { on_give_up(); },
  };
}

// -- handlers -----------------------------------------------------------------

void supervisor_state::on_registration(const registration& x) {
  switch (phase) {
    case phase::starting:
      if (x.failure) {
        self->send(args.front_door, readiness_changed{false, x.failure});
        return;
      }
      functions = x;
      phase = phase::running;
      start_pool();
      break;
    case phase::running:
      if (!x.failure)
        functions = x;
      if (pool)
        self->send(pool, x);
      break;
    case phase::stopping:
      break;
  }
}

void supervisor_state::on_ensure(const ensure_functions& x) {
  // One that is being restarted makes sure anyway.
  if (registrar)
    self->send(registrar, x);
}

void supervisor_state::on_down(const caf::down_msg& x) {
  if (x.source == args.front_door.address()) {
    stop();
    return;
  }
  if (registrar && x.source == registrar.address()) {
    registrar = nullptr;
    if (phase != phase::stopping) {
      log(log_level::error, "the registrar ended unexpectedly");
      args.store->counters.count(restarted_actor::registrar, x.reason);
      self->delayed_send(self, restart_delay, restart_registrar_atom::value);
    }
  } else if (pool && x.source == pool.address()) {
    pool = nullptr;
    if (phase != phase::stopping) {
      log(log_level::error, "the pool ended unexpectedly");
      args.store->counters.count(restarted_actor::pool, x.reason);
      self->delayed_send(self, restart_delay, restart_pool_atom::value);
    }
  }
  quit_if_alone();
}

void supervisor_state::on_give_up() {
  log(log_level::error, "the pool did not stop in time");
  if (pool)
    self->send_exit(pool, caf::exit_reason::kill);
}

// -- transitions --------------------------------------------------------------

void supervisor_state::start_registrar() {
  if (phase == phase::stopping)
    return;
  registrar_arguments arguments{args.store,
                                caf::actor_cast<supervisor_actor>(self)};
  registrar
    = self->spawn<caf::monitored>(obol::registrar, std::move(arguments));
}

void supervisor_state::start_pool() {
  if (phase == phase::stopping)
    return;
  pool_arguments arguments{args.store, args.front_door,
                           caf::actor_cast<supervisor_actor>(self), functions};
  pool = self->spawn<caf::monitored>(obol::pool, std::move(arguments));
}

void supervisor_state::stop() {
  phase = phase::stopping;
  if (registrar)
    self->send_exit(registrar, caf::exit_reason::user_shutdown);
  if (pool) {
    self->send(pool, drain_atom::value);
    self->delayed_send(self, stop_timeout, give_up_atom::value);
  }
  quit_if_alone();
}

void supervisor_state::quit_if_alone() {
  if (phase == phase::stopping && !registrar && !pool)
    self->quit();
}

// -- queries ------------------------------------------------------------------

void supervisor_state::log(log_level level, std::string_view what) const {
  if (args.store->log)
    args.store->log(level, name, what);
}

supervisor_actor::behavior_type
supervisor(supervisor_actor::stateful_pointer<supervisor_state> self,
           supervisor_arguments arguments) {
  return self->state.make_behavior(std::move(arguments));
}

} // namespace obol
