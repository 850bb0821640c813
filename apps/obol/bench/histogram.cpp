#include "bench/histogram.hpp"

#include <algorithm>
#include <cmath>

namespace obol::bench {

namespace {

std::size_t index_of(std::chrono::nanoseconds x) {
  return latency_buckets::index_of(
    static_cast<std::uint64_t>(std::max<std::int64_t>(x.count(), 0)));
}

/// A small number of this thread's own.
std::size_t thread_number() {
  static std::atomic<std::size_t> next{0};
  thread_local const std::size_t mine = next++;
  return mine;
}

} // namespace

void histogram::add(nanoseconds x) {
  ++counts_[index_of(x)];
  ++count_;
  max_ = std::max<std::int64_t>(max_, x.count());
}

void histogram::merge(const histogram& other) {
  for (std::size_t i = 0; i < bucket_count; ++i)
    counts_[i] += other.counts_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
}

histogram::nanoseconds histogram::at(double share) const {
  auto wanted = std::max<std::uint64_t>(
    1,
    static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_))));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < bucket_count; ++i) {
    seen += counts_[i];
    if (seen >= wanted) {
      auto highest = static_cast<std::int64_t>(latency_buckets::highest_in(i));
      return nanoseconds{std::min(highest, max_)};
    }
  }
  return max();
}

shared_histogram::shared_histogram()
  : shards_(std::make_unique<shard[]>(shard_count)) {
}

void shared_histogram::add(std::chrono::nanoseconds x) {
  auto& mine = shards_[thread_number() % shard_count];
  mine.counts[index_of(x)].fetch_add(1, std::memory_order_relaxed);
  auto longest = mine.max.load(std::memory_order_relaxed);
  while (x.count() > longest
         && !mine.max.compare_exchange_weak(longest, x.count(),
                                            std::memory_order_relaxed)) {
  }
}

histogram shared_histogram::collect() const {
  histogram result;
  for (std::size_t s = 0; s < shard_count; ++s) {
    const auto& from = shards_[s];
    for (std::size_t i = 0; i < histogram::bucket_count; ++i) {
      auto count = from.counts[i].load(std::memory_order_relaxed);
      result.counts_[i] += count;
      result.count_ += count;
    }
    result.max_
      = std::max(result.max_, from.max.load(std::memory_order_relaxed));
  }
  return result;
}

} // namespace obol::bench
