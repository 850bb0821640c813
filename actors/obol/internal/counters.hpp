#pragma once

#include "obol/internal/enum_counts.hpp"
#include "obol/internal/metric_labels.hpp"
#include "obol/messages.hpp"

#include <caf/error.hpp>

#include <array>
#include <atomic>
#include <cstdint>

namespace obol::internal {

/// What happens seldom in one store. Safe to use from any thread.
struct counters {
  std::atomic<std::uint64_t> connections_opened{0};
  enum_counts<reconnect_reason, reconnect_reason_count> reconnects;
  enum_counts<load_reason, load_reason_count> functions_loaded;
  enum_counts<ignored_reason, ignored_reason_count> ignored;
  /// By actor.
  std::array<enum_counts<restart_reason, restart_reason_count>,
             restarted_actor_count>
    restarts;
  /// How many requests wait in the pool, now.
  std::atomic<std::uint32_t> waiting{0};

  void count(ignored_reason reason) {
    ignored.add(reason);
  }

  /// An actor ended unexpectedly, for this reason.
  void count(restarted_actor who, const caf::error& exit) {
    restarts[static_cast<std::size_t>(who)].add(restart_reason_of(exit));
  }

  ignored_counts ignored_by_reason() const {
    return {ignored.of(ignored_reason::too_large),
            ignored.of(ignored_reason::unknown_format),
            ignored.of(ignored_reason::unknown_key),
            ignored.of(ignored_reason::bad_signature),
            ignored.of(ignored_reason::undecodable),
            ignored.of(ignored_reason::wrong_owner)};
  }

  /// Connections that broke, or could not be opened.
  std::uint64_t connections_lost() const {
    return reconnects.sum() - reconnects.of(reconnect_reason::lifetime);
  }
};

} // namespace obol::internal
