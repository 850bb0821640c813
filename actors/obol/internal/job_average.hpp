#pragma once

#include <atomic>
#include <chrono>

namespace obol::internal {

/// How long the jobs of one worker take, on average of the last ones. Written
/// by the worker, read by all.
template <class Clock>
class job_average {
public:
  using duration = typename Clock::duration;

  /// What a job is thought to take before any was measured.
  static constexpr auto usual = std::chrono::microseconds{3};

  /// Shorter jobs are measured so many at a time: to read the clock for each
  /// would cost as much as some of them.
  static constexpr auto long_enough = std::chrono::microseconds{10};
  static constexpr int jobs_per_reading = 8;

  /// A reading moves the average by the difference divided by this.
  static constexpr int inertia = 8;

  /// The next job begins, and the one before has ended.
  void on_job() {
    if (begun_ > 0 && begun_ < jobs_per_reading && value() < long_enough) {
      ++begun_;
      return;
    }
    read();
    begun_ = 1;
  }

  /// The last job has ended. The time until there is another does not count.
  void on_pause() {
    if (begun_ > 0)
      read();
    begun_ = 0;
  }

  duration value() const {
    return average_.load(std::memory_order_relaxed);
  }

private:
  void read() {
    auto now = Clock::now();
    if (begun_ > 0) {
      auto average = value();
      average += ((now - since_) / begun_ - average) / inertia;
      average_.store(average, std::memory_order_relaxed);
    }
    since_ = now;
  }

  std::atomic<duration> average_{usual};
  typename Clock::time_point since_{};

  /// Since then.
  int begun_ = 0;
};

} // namespace obol::internal
