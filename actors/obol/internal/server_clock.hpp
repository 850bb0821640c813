#pragma once

#include "obol/internal/clock.hpp"
#include "obol/session.hpp"

#include <atomic>
#include <cstdint>

namespace obol::internal {

/// What time it is on the server: deadlines of writes and the expiry of
/// sessions are decided by its clock. Measured at every handshake.
///
/// Safe to use from any thread.
class server_clock {
public:
  /// The server said `server_ms` (milliseconds since the Unix epoch) between
  /// these two instants. Changes nothing if that was to be expected: a reply
  /// that was long on its way tells less than one before.
  void measure(std::int64_t server_ms, instant asked, instant answered) {
    auto expected
      = is_known() && server_ms >= ms_at(asked) && server_ms <= ms_at(answered);
    if (!expected)
      offset_.store(server_ms - to_ms(asked + (answered - asked) / 2),
                    std::memory_order_relaxed);
  }

  /// Whether it was ever measured.
  bool is_known() const {
    return offset_.load(std::memory_order_relaxed) != 0;
  }

  /// Milliseconds since the Unix epoch on the server's clock.
  std::int64_t ms_at(instant when) const {
    return to_ms(when) + offset_.load(std::memory_order_relaxed);
  }

  /// The inverse of `ms_at`.
  instant instant_of(std::int64_t server_ms) const {
    return instant{} + std::chrono::milliseconds{
             server_ms - offset_.load(std::memory_order_relaxed)};
  }

  unix_seconds seconds_at(instant when) const {
    return ms_at(when) / 1000;
  }

private:
  static std::int64_t to_ms(instant x) {
    using namespace std::chrono;
    return duration_cast<milliseconds>(x.time_since_epoch()).count();
  }

  std::atomic<std::int64_t> offset_{0};
};

} // namespace obol::internal
