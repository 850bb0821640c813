#pragma once

#include "obol/testing/history.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace obol::testing {

/// A rule that a history breaks.
///
///   A1   every request is answered exactly once
///   A2   by its deadline plus a tick
///   A3   with what was asked for: no reply goes to another request, and what
///   is
///        read is what somebody wrote
///   A4   and a removal counts no sessions that were never there
///   A5   no write takes effect after its deadline
///   R0   no outcome is outside the specification
///   R1   one acknowledged upsert, and one payload, for each version
///   R2   every payload read is a beginning of the longest: no forks
///   R3   what was acknowledged stays: no lost updates
///   R4   what was reported as not applied is not there
///   R5   an upsert is applied once, as the version it was meant to be
///   R6   no read is older than what was known before it; and nothing is
///        reported as absent without a reason
///   R7   the same between reads
///   R8   a conflict has another writer
///   R9   what was removed stays removed
///   R10  after the last fault requests succeed again
///   R11  no read shows what has expired
struct violation {
  std::string rule;

  /// What is wrong, with the operations that prove it, a line each.
  std::string text;

  /// The operations that prove it.
  std::vector<op_number> operations;
};

/// What a history holds, to tell one that was tested from one that was empty.
struct history_counts {
  std::size_t operations = 0;
  std::size_t failed = 0;
  std::size_t sessions = 0;
  std::size_t sightings = 0;
  std::size_t upserts_applied = 0;
  std::size_t upserts_not_applied = 0;
  /// Nobody was told what became of them.
  std::size_t upserts_in_doubt = 0;
  std::size_t removals = 0;
  std::size_t longest_chain = 0;

  history_counts& operator+=(const history_counts& other);
};

struct verdict {
  /// At most `reported_per_rule` of each rule.
  std::vector<violation> violations;

  /// How many there are, with those that are not reported.
  std::size_t found = 0;

  /// What would be violations, had the server not lost data in between.
  std::size_t counted_losses = 0;

  history_counts counts;

  bool acquitted() const {
    return found == 0;
  }
};

/// How many violations of one rule are reported.
inline constexpr std::size_t reported_per_rule = 10;

/// Holds a history against the rules. Does not know how the store works, nor in
/// which order the server did things: whatever some order explains is right.
/// Takes O(n log n) of all payloads' length together, unless much is wrong.
verdict check(const history& what);

/// The rule and the text.
std::string to_string(const violation& x);

/// The violations, or that there are none, and the counts.
std::string to_string(const verdict& x);

} // namespace obol::testing
