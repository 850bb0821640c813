#pragma once

#include "obol/internal/checkout_desk.hpp"
#include "obol/internal/door_book.hpp"
#include "obol/internal/environment.hpp"
#include "obol/internal/event_hub.hpp"
#include "obol/internal/server_clock.hpp"
#include "obol/internal/store_metrics.hpp"
#include "obol/key_ring.hpp"
#include "obol/log.hpp"
#include "obol/options.hpp"

#include <memory>
#include <utility>

namespace obol::internal {

/// What the actors of one store share. Read-only but for the parts that say
/// they are safe to use from any thread.
struct store_context {
  explicit store_context(std::shared_ptr<store_metrics> counts
                         = std::make_shared<store_metrics>())
    : metrics(std::move(counts)), counters(metrics->counters) {
  }

  obol::options options;
  environment env;
  std::shared_ptr<const key_ring> keys;
  log_sink log;
  server_clock server_time;
  std::shared_ptr<store_metrics> metrics;
  /// Those of the metrics.
  internal::counters& counters;
  event_hub events;
  checkout_desk desk;
  door_book door;
};

using store_context_ptr = std::shared_ptr<store_context>;

} // namespace obol::internal
