#pragma once

#include "obol/internal/clock.hpp"

#include <algorithm>
#include <cstdint>

namespace obol::internal {

/// How long to wait before the next attempt: exponential with full jitter, so
/// that many clients of one server do not come back in step.
class backoff {
public:
  static constexpr int factor = 2;

  backoff() = default;

  backoff(duration initial, duration max)
    : initial_(initial), max_(max), bound_(initial) {
  }

  /// The wait before the next attempt, uniform in (0, bound], after which the
  /// bound doubles up to the maximum. `random` is any 64 random bits.
  duration next(std::uint64_t random) {
    auto range
      = static_cast<std::uint64_t>(std::max<duration::rep>(bound_.count(), 1));
    auto wait = duration{static_cast<duration::rep>(random % range) + 1};
    bound_ = std::min(max_, bound_ * factor);
    return wait;
  }

  /// The largest wait `next` may answer.
  duration bound() const {
    return bound_;
  }

  /// Starts over, after an attempt that succeeded.
  void reset() {
    bound_ = initial_;
  }

private:
  duration initial_{1};
  duration max_{1};
  duration bound_{1};
};

} // namespace obol::internal
