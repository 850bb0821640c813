#include "serve/herald.hpp"

#include "obol/error.hpp"

#include <algorithm>
#include <utility>

namespace obol::serve {

namespace {

using namespace std::chrono_literals;

/// How often the store is asked until it is ready, and afterwards at least.
constexpr auto interval_before = 100ms;
constexpr auto interval_max = 5s;

/// A store that takes longer to say how it is does not live.
constexpr auto answer_limit = 5s;

} // namespace

// -- life ---------------------------------------------------------------------

herald_state::herald_state(
  herald_actor::stateful_pointer<herald_state> self_ptr)
  : self(self_ptr) {
}

herald_actor::behavior_type
herald_state::make_behavior(herald_arguments arguments) {
  args = std::move(arguments);
  self->send(self, tick_atom::value);
  return {
    [this](tick_atom) { on_tick(); },
  };
}

// -- handlers -----------------------------------------------------------------

void herald_state::on_tick() {
  self->request(args.store, answer_limit, status_request{})
    .then([this](const store_status& x) { on_status(x); },
          [this](const caf::error& x) { on_silence(x); });
}

void herald_state::on_status(const store_status& x) {
  auto is_ready = was_ready || x.phase != pool_phase::not_ready;
  auto line = status_line(x);
  std::string lines;
  if (is_ready && !was_ready)
    lines += "READY=1\n";
  if (line != status)
    lines += "STATUS=" + line + '\n';
  if (is_ready && args.watchdog)
    lines += "WATCHDOG=1\n";
  if (lines.empty() || args.tell(lines)) {
    was_ready = is_ready;
    status = std::move(line);
  }
  self->delayed_send(self, interval(), tick_atom::value);
}

void herald_state::on_silence(const caf::error& reason) {
  if (code_of(reason) == ec::shutting_down) {
    self->quit();
    return;
  }
  if (args.log)
    args.log(log_level::error, name, "the store does not say how it is");
  self->delayed_send(self, interval(), tick_atom::value);
}

// -- queries ------------------------------------------------------------------

std::chrono::microseconds herald_state::interval() const {
  std::chrono::microseconds result = was_ready ? interval_max : interval_before;
  if (args.watchdog)
    result = std::min(result, *args.watchdog / 2);
  return std::max<std::chrono::microseconds>(result, 1ms);
}

std::string status_line(const store_status& x) {
  auto result = x.phase == pool_phase::not_ready
                  ? "not ready: " + x.reason
                  : "ready: " + x.server + ", layout " + x.layout;
  // A second line would be another message to the manager.
  std::replace(result.begin(), result.end(), '\n', ' ');
  return result;
}

herald_actor::behavior_type
herald(herald_actor::stateful_pointer<herald_state> self,
       herald_arguments arguments) {
  return self->state.make_behavior(std::move(arguments));
}

} // namespace obol::serve
