#include "bench/open_loop.hpp"

#include <sys/prctl.h>

#include <algorithm>
#include <cmath>

namespace obol::bench {

namespace {

/// Sleeps may end so much late; the system's default is 50 us.
constexpr unsigned long timer_slack_ns = 1;

} // namespace

open_schedule open_schedule::make(double per_second, run_length length) {
  auto count = [&](std::chrono::nanoseconds time) {
    return static_cast<std::uint64_t>(std::llround(
      std::max(1.0, per_second * std::chrono::duration<double>(time).count())));
  };
  auto interval = std::max(1ll, std::llround(1e9 / per_second));
  auto warm_up = count(length.warm_up);
  return {steady::now(), std::chrono::nanoseconds{interval}, warm_up,
          warm_up + count(length.measured)};
}

std::uint64_t open_schedule::due_until(steady::time_point now) const {
  if (now < start)
    return 0;
  return std::min(total,
                  static_cast<std::uint64_t>((now - start) / interval) + 1);
}

void sleep_precisely_until(steady::time_point time) {
  thread_local const bool is_set
    = ::prctl(PR_SET_TIMERSLACK, timer_slack_ns) == 0;
  static_cast<void>(is_set);
  std::this_thread::sleep_until(time);
}

} // namespace obol::bench
