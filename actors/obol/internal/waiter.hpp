#pragma once

#include "obol/internal/clock.hpp"
#include "obol/internal/flight.hpp"

namespace obol::internal {

/// An operation that waits in the pool: for a connection, for its time, or for
/// the functions.
struct waiter : flight {
  instant since;

  /// Tells the requester, and the metrics.
  void answer(answer_ptr x, instant now);

  /// Whether nobody is left to hear the answer; then it has ended.
  bool drop_if_orphaned();
};

} // namespace obol::internal
