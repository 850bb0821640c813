#pragma once

#include "obol/internal/clock.hpp"
#include "obol/internal/metric_labels.hpp"

namespace obol::internal {

class store_metrics;

/// What an operation carries with it so that it is counted, once, by whoever
/// answers it.
struct request_mark {
  request_kind kind = request_kind::none;
  /// When the store took the request.
  instant began{};
  /// Who counts it if it ends unanswered; empty once it was counted. Lives
  /// longer than any mailbox an operation can lie in: the actors see to it.
  store_metrics* uncounted = nullptr;
};

} // namespace obol::internal
