#pragma once

#include "obol/messages.hpp"
#include "obol/stored_session.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace obol::internal {

/// Counts of one store. Safe to use from any thread.
struct counters {
  std::atomic<std::uint64_t> connections_opened{0};
  std::atomic<std::uint64_t> connections_lost{0};
  std::atomic<std::uint64_t> functions_loaded{0};
  std::array<std::atomic<std::uint64_t>, 8> ignored{};

  void count(ignored_reason reason) {
    ignored[static_cast<std::size_t>(reason)].fetch_add(
      1, std::memory_order_relaxed);
  }

  std::uint64_t of(ignored_reason reason) const {
    return ignored[static_cast<std::size_t>(reason)].load(
      std::memory_order_relaxed);
  }

  ignored_counts ignored_by_reason() const {
    return {of(ignored_reason::too_large),   of(ignored_reason::unknown_format),
            of(ignored_reason::unknown_key), of(ignored_reason::bad_signature),
            of(ignored_reason::undecodable), of(ignored_reason::wrong_owner)};
  }
};

} // namespace obol::internal
