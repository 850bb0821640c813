#pragma once

#include "bench/load_run.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace obol::bench {

/// Looks at the clock again and again on one thread: while it does not get to,
/// others have its processor.
class stall_watch {
public:
  /// Shorter ones are too short to be seen in a percentile.
  static constexpr std::chrono::microseconds shortest{1'000};

  explicit stall_watch(steady::time_point begin) : last_(begin) {
  }

  void look(steady::time_point now) {
    auto gap = now - last_;
    last_ = now;
    longest_ = std::max(longest_, gap);
    if (gap >= shortest)
      ++count_;
  }

  std::uint64_t count() const {
    return count_;
  }

  steady::duration longest() const {
    return longest_;
  }

private:
  steady::time_point last_;
  steady::duration longest_{};
  std::uint64_t count_ = 0;
};

/// How quiet a machine is.
struct machine_stalls {
  /// How often a processor was taken away for `stall_watch::shortest` or more,
  /// a second, all processors together.
  double a_second = 0;

  double longest_us = 0;
};

/// Keeps every processor that the calling thread may run on busy for so long
/// and watches.
machine_stalls watch_stalls(std::chrono::nanoseconds time);

} // namespace obol::bench
