#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <vector>

namespace obol::bench {

/// What one measurement came to.
struct result {
  double operations_per_second = 0;
  double p50_us = 0;
  double p99_us = 0;
  double p999_us = 0;
  std::size_t failures = 0;
};

/// Every latency of a run, kept whole: percentiles are exact.
class latencies {
public:
  void add(std::chrono::nanoseconds x) {
    samples_.push_back(static_cast<float>(x.count()) / 1000);
  }

  void merge(const latencies& other) {
    samples_.insert(samples_.end(), other.samples_.begin(), other.samples_.end());
    failures_ += other.failures_;
  }

  void fail() {
    ++failures_;
  }

  result over(std::chrono::duration<double> elapsed) {
    std::sort(samples_.begin(), samples_.end());
    return {static_cast<double>(samples_.size()) / elapsed.count(), at(0.5),
            at(0.99), at(0.999), failures_};
  }

private:
  double at(double quantile) const {
    if (samples_.empty())
      return 0;
    auto last = static_cast<double>(samples_.size() - 1);
    return samples_[static_cast<std::size_t>(quantile * last)];
  }

  std::vector<float> samples_;
  std::size_t failures_ = 0;
};

} // namespace obol::bench
