#include "serve/embedded_server.hpp"

#include "obol/error.hpp"

#include <utility>

namespace obol::serve {

namespace {

using namespace std::chrono_literals;

/// Bounds of the pause before the server is started again.
constexpr auto pause_initial = 100ms;
constexpr auto pause_max = 10s;

/// A server that ran for so long was started well.
constexpr auto settle_time = 10s;

/// How long a server may take to end; it writes its file out.
constexpr auto stop_limit = 8s;

} // namespace

// -- life ---------------------------------------------------------------------

embedded_server_state::embedded_server_state(
  embedded_server_actor::stateful_pointer<embedded_server_state> self_ptr)
  : self(self_ptr), pauses(pause_initial, pause_max) {
}

embedded_server_actor::behavior_type
embedded_server_state::make_behavior(embedded_server_arguments arguments) {
  args = std::move(arguments);
  auto to_self = caf::actor_cast<embedded_server_actor>(self);
  runner = args.make_runner([to_self](servers::server_event x) {
    caf::anon_send(to_self, std::move(x));
  });
  self->set_exit_handler([this](caf::exit_msg&) { on_exit(); });
  start();
  return {
    [this](wait_atom) { return on_wait(); },
    [this](const servers::server_event& x) { on_event(x); },
    [this](retry_atom) { on_retry(); },
    [this](settled_atom, std::uint64_t number) { on_settled(number); },
    [this](give_up_atom) { on_give_up(); },
  };
}

// -- handlers -----------------------------------------------------------------

caf::result<bool> embedded_server_state::on_wait() {
  if (phase == phase::running)
    return true;
  if (phase == phase::stopping)
    return caf::make_error(ec::shutting_down,
                           std::string{"the embedded server is stopping"});
  if (failure)
    return failure;
  waiting.push_back(self->make_response_promise());
  return caf::delegated<bool>{};
}

void embedded_server_state::on_event(const servers::server_event& x) {
  if (x.what == servers::server_event::kind::listening)
    on_listening();
  else
    on_ended(x.text);
}

void embedded_server_state::on_retry() {
  if (phase == phase::pausing)
    start();
}

void embedded_server_state::on_settled(std::uint64_t start_number) {
  if (phase == phase::running && start_number == starts)
    pauses.reset();
}

void embedded_server_state::on_give_up() {
  log(log_level::error, "the server did not end in time and is killed");
  runner->kill();
}

void embedded_server_state::on_exit() {
  switch (phase) {
    case phase::starting:
    case phase::running:
      phase = phase::stopping;
      answer_waiting(
        caf::make_error(ec::shutting_down, std::string{"the embedded server is "
                                                       "stopping"}));
      self->delayed_send(self, stop_limit, give_up_atom::value);
      runner->terminate();
      break;
    case phase::pausing:
      self->quit();
      break;
    case phase::stopping:
      break;
  }
}

// -- transitions --------------------------------------------------------------

void embedded_server_state::start() {
  phase = phase::starting;
  ++starts;
  runner->start();
}

void embedded_server_state::on_listening() {
  if (phase != phase::starting)
    return;
  phase = phase::running;
  failure = {};
  log(log_level::info, "clients can connect");
  self->delayed_send(self, settle_time, settled_atom::value, starts);
  answer_waiting({});
}

void embedded_server_state::on_ended(const std::string& how) {
  switch (phase) {
    case phase::starting:
    case phase::running: {
      phase = phase::pausing;
      log(log_level::error, "the server is gone: " + how);
      failure = caf::make_error(ec::unavailable,
                                "the embedded server does not start: " + how);
      answer_waiting(failure);
      self->delayed_send(self, pauses.next(args.random->next()),
                         retry_atom::value);
      break;
    }
    case phase::stopping:
      self->quit();
      break;
    case phase::pausing:
      break;
  }
}

void embedded_server_state::answer_waiting(const caf::error& failed) {
  for (auto& requester : std::exchange(waiting, {})) {
    if (failed)
      requester.deliver(failed);
    else
      requester.deliver(true);
  }
}

// -- queries ------------------------------------------------------------------

void embedded_server_state::log(log_level level, std::string_view what) const {
  if (args.log)
    args.log(level, name, what);
}

embedded_server_actor::behavior_type embedded_server(
  embedded_server_actor::stateful_pointer<embedded_server_state> self,
  embedded_server_arguments arguments) {
  return self->state.make_behavior(std::move(arguments));
}

} // namespace obol::serve
