#pragma once

#include <atomic>
#include <cstdint>

namespace obol::internal {

/// How many events those who watch sockets expect soon: one for each request
/// whose reply is due. A hint for whoever waits for them. Thread-safe.
class event_forecast {
public:
  void expect(std::uint32_t more) {
    count_.fetch_add(more, std::memory_order_relaxed);
  }

  /// So many fewer, of those that were expected.
  void settle(std::uint32_t fewer) {
    count_.fetch_sub(fewer, std::memory_order_relaxed);
  }

  std::uint32_t count() const {
    return count_.load(std::memory_order_relaxed);
  }

private:
  std::atomic<std::uint32_t> count_{0};
};

} // namespace obol::internal
