#include "obol/internal/connection_fsm.hpp"

#include <algorithm>
#include <cassert>

namespace obol::internal {

void connection_fsm::transition_to(phase next, instant now) {
  assert(has_arc(phase_, next));
  phase_ = next;
  last_progress_ = now;
  if (next == phase::connecting || next == phase::ready)
    since_ = now;
}

connection_fsm::due connection_fsm::look(instant now,
                                         std::optional<instant> oldest) const {
  auto found = next(oldest);
  return found && found->when <= now ? found->what : due::nothing;
}

std::optional<instant>
connection_fsm::next_look(std::optional<instant> oldest) const {
  auto found = next(oldest);
  return found ? std::optional{found->when} : std::nullopt;
}

std::optional<connection_fsm::event>
connection_fsm::next(std::optional<instant> oldest) const {
  switch (phase_) {
    case phase::disconnected:
    case phase::stopped:
      return std::nullopt;
    case phase::connecting:
    case phase::handshaking:
      return event{due::connect_timeout, since_ + bounds_.connect};
    case phase::ready:
    case phase::draining:
      break;
  }
  std::optional<event> result;
  auto may_be = [&result](due what, instant when) {
    if (!result || when < result->when)
      result = event{what, when};
  };
  if (oldest)
    may_be(due::stalled, std::max(*oldest, last_progress_) + bounds_.command);
  if (phase_ == phase::draining)
    return result;
  // Also while requests are in flight: under steady load some always are.
  if (bounds_.lifetime > duration::zero())
    may_be(due::renewal, since_ + bounds_.lifetime);
  if (!oldest)
    may_be(due::probe, last_progress_ + bounds_.health_check);
  return result;
}

bool connection_fsm::has_arc(phase from, phase to) {
  switch (from) {
    case phase::disconnected:
      return to == phase::connecting || to == phase::stopped;
    case phase::connecting:
      return to == phase::handshaking || to == phase::disconnected;
    case phase::handshaking:
      return to == phase::ready || to == phase::disconnected;
    case phase::ready:
      return to == phase::draining || to == phase::disconnected;
    case phase::draining:
      return to == phase::disconnected;
    case phase::stopped:
      return false;
  }
  return false;
}

std::string to_string(connection_fsm::phase x) {
  switch (x) {
    case connection_fsm::phase::disconnected:
      return "disconnected";
    case connection_fsm::phase::connecting:
      return "connecting";
    case connection_fsm::phase::handshaking:
      return "handshaking";
    case connection_fsm::phase::ready:
      return "ready";
    case connection_fsm::phase::draining:
      return "draining";
    case connection_fsm::phase::stopped:
      return "stopped";
  }
  return "?";
}

} // namespace obol::internal
