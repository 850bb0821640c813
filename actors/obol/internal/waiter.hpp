#pragma once

#include "obol/internal/operation.hpp"
#include "obol/internal/requester.hpp"

namespace obol::internal {

/// An operation that waits in the pool: for a connection, for its time, or for
/// the functions.
struct waiter {
  operation_ptr what;
  class requester requester;
  instant since;

  /// Tells the requester, and the metrics.
  void answer(answer_ptr x, instant now);

  /// Whether nobody is left to hear the answer; then it has ended.
  bool drop_if_orphaned();
};

} // namespace obol::internal
