#pragma once

#include "bench/histogram.hpp"
#include "bench/measurement.hpp"
#include "bench/process_usage.hpp"
#include "bench/raw_link.hpp"

#include <caf/error.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <latch>
#include <mutex>
#include <optional>
#include <string>

namespace obol::bench {

using steady = std::chrono::steady_clock;

/// How long a load is watched.
struct run_length {
  /// Not counted: first connections, first sessions, cold caches.
  std::chrono::nanoseconds warm_up;

  std::chrono::nanoseconds measured;
};

/// One load under way: what its clients got done, counted while it is
/// measured. Clients run in threads or actors of their own and call `is_over`
/// between operations; when it is, each calls `leave` once.
class load_run {
public:
  explicit load_run(std::size_t clients);

  // -- for clients, from any thread -------------------------------------------

  bool is_over() const {
    return phase_.load(std::memory_order_relaxed) == phase::over;
  }

  /// An operation went well after so long.
  void succeeded(std::chrono::nanoseconds latency);

  /// The same, counted whenever it comes: for loads that know which of their
  /// operations count.
  void count(std::chrono::nanoseconds latency) {
    latencies_.add(latency);
  }

  /// An operation failed; the first reason is kept.
  void failed(const caf::error& why);

  void leave();

  /// Ends the load early.
  void stop() {
    phase_ = phase::over;
  }

  // -- for who started it -----------------------------------------------------

  /// Lets the load run for so long, ends it, waits until all clients have left
  /// and says what was measured. `link` asks the server for its share.
  measurement measure(run_length length, raw_link& link);

  /// Of the operations that failed, what one of them was told.
  std::string first_failure() const;

private:
  enum class phase { warm_up, measured, over };

  std::atomic<phase> phase_{phase::warm_up};
  std::latch running_;
  shared_histogram latencies_;
  std::atomic<std::uint64_t> failures_{0};
  mutable std::mutex mutex_;
  std::string first_failure_;
};

/// The latencies of a histogram and the rate they mean over a time.
measurement summary_of(const histogram& x, std::chrono::nanoseconds time);

} // namespace obol::bench
