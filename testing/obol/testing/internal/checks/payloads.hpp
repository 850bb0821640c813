#pragma once

#include "obol/testing/internal/checks/facts.hpp"
#include "obol/testing/internal/checks/report.hpp"

#include <cstdint>
#include <vector>

namespace obol::testing::internal {

/// A session was stored as this version, at some moment from `since` to
/// `until`. Known by an answer that can be trusted to mean what it shows.
struct proof {
  std::uint32_t session;
  std::int64_t version;
  /// The upsert that wrote this version; its payload is what was stored.
  op_index writer;
  /// Whose answer it was.
  op_index source;
  /// Told to the writer, not seen by a reader.
  bool acknowledged;
  moment since;
  moment until;
};

/// The rules about what an answer shows, taken by itself: A3, R4, R5, R11.
/// @returns what is proven, in the order of the history
std::vector<proof> check_payloads(const facts& known, report& found,
                                  history_counts& counts);

} // namespace obol::testing::internal
