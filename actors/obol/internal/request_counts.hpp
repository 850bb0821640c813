#pragma once

#include "obol/internal/clock.hpp"
#include "obol/internal/latency_buckets.hpp"
#include "obol/internal/metric_labels.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace obol::internal {

/// A count with one writer at a time, so that adding needs no locked
/// instruction, and any number of readers.
class lone_count {
public:
  void add(std::uint64_t n) {
    value_.store(value_.load(std::memory_order_relaxed) + n,
                 std::memory_order_relaxed);
  }

  std::uint64_t read() const {
    return value_.load(std::memory_order_relaxed);
  }

private:
  std::atomic<std::uint64_t> value_{0};
};

/// How often something took how long.
struct latency_counts {
  void add(duration took);

  /// The last one counts what is beyond every step.
  std::array<lone_count, latency_buckets.size() + 1> buckets;
  lone_count nanoseconds;
};

/// Requests by kind and outcome and the time they took, as counted by one
/// connection, or by all others together under a lock.
class alignas(64) request_counts {
public:
  /// Requests were answered, or dropped because nobody waits for them.
  void ended(request_kind kind, request_outcome outcome,
             std::uint64_t count = 1) {
    outcomes_[at(kind)][static_cast<std::size_t>(outcome)].add(count);
  }

  /// How long the store had it.
  void took(request_kind kind, duration time) {
    request_times_[at(kind)].add(time);
  }

  /// How long the server's reply took.
  void replied(request_kind kind, duration time) {
    server_times_[at(kind)].add(time);
  }

  std::uint64_t count(request_kind kind, request_outcome outcome) const {
    return outcomes_[at(kind)][static_cast<std::size_t>(outcome)].read();
  }

  const latency_counts& request_time(request_kind kind) const {
    return request_times_[at(kind)];
  }

  const latency_counts& server_time(request_kind kind) const {
    return server_times_[at(kind)];
  }

private:
  static std::size_t at(request_kind kind) {
    return static_cast<std::size_t>(kind);
  }

  template <class T>
  using by_kind = std::array<T, request_kind_count>;

  by_kind<std::array<lone_count, request_outcome_count>> outcomes_;
  by_kind<latency_counts> request_times_;
  by_kind<latency_counts> server_times_;
};

inline void latency_counts::add(duration took) {
  // A clock that was read a moment earlier elsewhere may be ahead.
  auto time = std::chrono::nanoseconds{took}.count();
  if (time < 0)
    time = 0;
  buckets[bucket_of(time)].add(1);
  nanoseconds.add(static_cast<std::uint64_t>(time));
}

} // namespace obol::internal
