#include "obol/internal/slot_write.hpp"

#include <algorithm>

namespace obol::internal {

namespace {

constexpr std::int64_t ring_slots = 4;

/// How long before the deadline, and before the session expires, the function
/// looks closer: it compares whole seconds, and a write must be remembered for
/// 30 s.
constexpr std::int64_t deadline_margin_ms = 1'000;
constexpr unix_seconds expiry_margin = 31;

/// Milliseconds of 13 digits, which the function can compare as text: from
/// 2001 to 2286.
constexpr std::int64_t comparable_min_ms = 1'000'000'000'000;
constexpr std::int64_t comparable_max_ms = 9'999'999'999'999;

bool is_comparable(std::int64_t ms) {
  return ms >= comparable_min_ms && ms <= comparable_max_ms;
}

/// 0 if there is no such time.
std::int64_t easy_until_ms(const session_commands::upsert_arguments& x) {
  // Out of range it would not be comparable either.
  auto expiry
    = std::clamp<unix_seconds>(x.refresh_expires_at, 0, comparable_max_ms);
  auto easy_ms = std::min(x.server_deadline - deadline_margin_ms,
                          (expiry - expiry_margin) * 1'000);
  return is_comparable(easy_ms) && is_comparable(expiry * 1'000)
             && is_comparable(x.server_deadline)
           ? easy_ms
           : 0;
}

} // namespace

void put_slot_write(slot_write& out,
                    const session_commands::upsert_arguments& x) {
  out.entry = std::to_string(x.lock_version);
  out.entry += ':';
  out.entry += x.operation_id;
  out.times = std::to_string(easy_until_ms(x));
  out.times += ':';
  out.times += std::to_string(x.server_deadline);
  out.slot = "l.l.";
  out.slot += x.id;
  out.slot += '.';
  out.slot += std::to_string(x.lock_version % ring_slots);
  out.old_lock = x.lock_version - 1;
}

} // namespace obol::internal
