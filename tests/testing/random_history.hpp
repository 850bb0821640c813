#pragma once

#include "obol/testing/history.hpp"

#include <cstdint>

namespace obol::testing {

/// How a store may be wrong: the ways people write one.
enum class flaw : std::uint8_t {
  none,
  /// What is not there may be written whatever the version, as by Charon's
  /// rule.
  revives,
  /// A second copy of an upsert finds the first and calls it a conflict.
  conflicts_with_itself,
  /// An upsert without reply is called not applied if a read does not show it.
  reads_again,
  /// An upsert that comes late is applied all the same.
  ignores_deadlines,
  /// A removal leaves no tombstone.
  leaves_no_tombstone,
  /// A removal without reply is called unavailable.
  forgets_removals,
  /// A read without reply is answered with nothing.
  calls_failures_absence,
};

struct random_history_settings {
  std::uint64_t seed = 1;
  std::uint32_t operations = 80;
  std::uint32_t clients = 5;
  /// Sessions that are written at one time.
  std::uint32_t hot_sessions = 3;
  /// How often the server loses its latest data.
  std::uint32_t losses = 0;
  testing::flaw flaw = flaw::none;
};

/// What clients of a tiny store saw that does one thing at a time, over a
/// network that delays, loses and holds up requests and replies.
history make_random_history(const random_history_settings& settings);

} // namespace obol::testing
