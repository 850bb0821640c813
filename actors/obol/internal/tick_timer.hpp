#pragma once

#include "obol/internal/clock.hpp"

#include <optional>

namespace obol::internal {

/// Keeps one timer message of an actor under way. Bringing the timer forward
/// leaves the old message to arrive and be ignored.
class tick_timer {
public:
  /// Whether a message must be sent for a tick `wait` from now.
  bool schedule(instant now, duration wait) {
    auto when = now + wait;
    if (due_ && *due_ <= when)
      return false;
    due_ = when;
    return true;
  }

  /// Whether the tick that has arrived is the one that counts.
  bool on_tick(instant now) {
    if (!due_ || now < *due_)
      return false;
    due_.reset();
    return true;
  }

private:
  std::optional<instant> due_;
};

} // namespace obol::internal
