#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace obol::bench {

/// How latencies are put into buckets: each nanosecond has its own up to 128,
/// then every power of two is cut into 64. So a bucket reaches at most 1/64 of
/// its values further than its lowest one.
struct latency_buckets {
  static constexpr unsigned bits = 6;
  static constexpr std::size_t per_power = std::size_t{1} << bits;

  /// What takes longer counts as this long: one minute.
  static constexpr std::uint64_t longest = 60'000'000'000;

  static constexpr std::size_t index_of(std::uint64_t nanoseconds) {
    auto value = nanoseconds < longest ? nanoseconds : longest;
    auto width = static_cast<unsigned>(std::bit_width(value));
    if (width <= bits + 1)
      return static_cast<std::size_t>(value);
    auto shift = width - bits - 1;
    return shift * per_power + static_cast<std::size_t>(value >> shift);
  }

  /// The largest value, in nanoseconds, that falls into a bucket.
  static constexpr std::uint64_t highest_in(std::size_t index) {
    if (index < 2 * per_power)
      return index;
    auto shift = index / per_power - 1;
    return ((per_power + index % per_power + 1) << shift) - 1;
  }
};

/// Latencies of one run, in memory that does not grow: 16 KiB. A percentile is
/// at most 1/64 above the true one and never below it; the maximum is exact.
/// Not thread-safe.
class histogram {
public:
  static constexpr std::size_t bucket_count
    = latency_buckets::index_of(latency_buckets::longest) + 1;

  using nanoseconds = std::chrono::nanoseconds;

  /// Counts one latency; a negative one counts as zero.
  void add(nanoseconds x);

  /// Adds what another one has counted.
  void merge(const histogram& other);

  /// How many were counted.
  std::uint64_t count() const {
    return count_;
  }

  /// The longest; zero without any.
  nanoseconds max() const {
    return nanoseconds{max_};
  }

  /// The latency that this share of all, 0 to 1, did not exceed; zero without
  /// any.
  nanoseconds at(double share) const;

private:
  friend class shared_histogram;

  std::array<std::uint64_t, bucket_count> counts_{};
  std::uint64_t count_ = 0;
  std::int64_t max_ = 0;
};

/// A histogram that any number of threads add to.
class shared_histogram {
public:
  shared_histogram();

  /// Counts one latency. Threads do not slow each other down, unless there are
  /// more than `shard_count`.
  void add(std::chrono::nanoseconds x);

  /// What was counted. Exact once nobody adds any more.
  histogram collect() const;

private:
  static constexpr std::size_t shard_count = 16;

  struct alignas(64) shard {
    std::array<std::atomic<std::uint32_t>, histogram::bucket_count> counts{};
    std::atomic<std::int64_t> max{0};
  };

  std::unique_ptr<shard[]> shards_;
};

} // namespace obol::bench
