#pragma once

#include "obol/internal/clock.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace obol::internal {

/// One step of the latency histograms.
struct latency_bucket {
  /// The longest time that belongs to it, in nanoseconds.
  std::int64_t up_to;
  /// The same in seconds, as Prometheus is told: its name for the step.
  const char* label;
};

/// From what a reply over a Unix socket takes to the longest deadline. What
/// takes longer still is counted behind the last.
inline constexpr std::array<latency_bucket, 18> latency_buckets{{
  {25'000, "0.000025"},
  {50'000, "0.00005"},
  {100'000, "0.0001"},
  {250'000, "0.00025"},
  {500'000, "0.0005"},
  {1'000'000, "0.001"},
  {2'500'000, "0.0025"},
  {5'000'000, "0.005"},
  {10'000'000, "0.01"},
  {25'000'000, "0.025"},
  {50'000'000, "0.05"},
  {100'000'000, "0.1"},
  {250'000'000, "0.25"},
  {500'000'000, "0.5"},
  {1'000'000'000, "1"},
  {2'500'000'000, "2.5"},
  {5'000'000'000, "5"},
  {10'000'000'000, "10"},
}};

/// The step a time belongs to; `latency_buckets.size()` behind the last. Times
/// are short mostly, so the steps are tried from the first.
inline std::size_t bucket_of(std::int64_t nanoseconds) {
  std::size_t i = 0;
  while (i < latency_buckets.size() && nanoseconds > latency_buckets[i].up_to)
    ++i;
  return i;
}

} // namespace obol::internal
