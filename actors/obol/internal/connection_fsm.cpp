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
  switch (phase_) {
    case phase::disconnected:
    case phase::stopped:
      return due::nothing;
    case phase::connecting:
    case phase::handshaking:
      return now - since_ >= bounds_.connect ? due::connect_timeout
                                             : due::nothing;
    case phase::ready:
    case phase::draining:
      break;
  }
  if (oldest && now - std::max(*oldest, last_progress_) >= bounds_.command)
    return due::stalled;
  if (phase_ == phase::draining)
    return due::nothing;
  // Also while requests are in flight: under steady load some always are.
  if (bounds_.lifetime > duration::zero() && now - since_ >= bounds_.lifetime)
    return due::renewal;
  return !oldest && now - last_progress_ >= bounds_.health_check ? due::probe
                                                                 : due::nothing;
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
