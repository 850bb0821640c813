#pragma once

#include "obol/internal/request_counts.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace obol::internal {

/// The sum of several counts at one instant.
struct request_totals {
  struct latency {
    /// Not cumulative; the last one is beyond every step.
    std::array<std::uint64_t, latency_buckets.size() + 1> buckets{};
    std::uint64_t nanoseconds = 0;

    void add(const latency_counts& x) {
      for (std::size_t i = 0; i < buckets.size(); ++i)
        buckets[i] += x.buckets[i].read();
      nanoseconds += x.nanoseconds.read();
    }

    void add(const latency& x) {
      for (std::size_t i = 0; i < buckets.size(); ++i)
        buckets[i] += x.buckets[i];
      nanoseconds += x.nanoseconds;
    }
  };

  struct kind {
    std::array<std::uint64_t, request_outcome_count> outcomes{};
    latency request_time;
    latency server_time;
  };

  void add(const request_counts& x) {
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      auto what = static_cast<request_kind>(i);
      for (std::size_t k = 0; k < request_outcome_count; ++k)
        kinds[i].outcomes[k] += x.count(what, static_cast<request_outcome>(k));
      kinds[i].request_time.add(x.request_time(what));
      kinds[i].server_time.add(x.server_time(what));
    }
  }

  void add(const request_totals& x) {
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      for (std::size_t k = 0; k < request_outcome_count; ++k)
        kinds[i].outcomes[k] += x.kinds[i].outcomes[k];
      kinds[i].request_time.add(x.kinds[i].request_time);
      kinds[i].server_time.add(x.kinds[i].server_time);
    }
  }

  const kind& of(request_kind what) const {
    return kinds[static_cast<std::size_t>(what)];
  }

  std::array<kind, request_kind_count> kinds{};
};

} // namespace obol::internal
