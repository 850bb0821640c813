#pragma once

#include "obol/internal/checkout_desk.hpp"
#include "obol/internal/counters.hpp"
#include "obol/internal/environment.hpp"
#include "obol/internal/event_hub.hpp"
#include "obol/internal/server_clock.hpp"
#include "obol/key_ring.hpp"
#include "obol/log.hpp"
#include "obol/options.hpp"

#include <memory>

namespace obol::internal {

/// What the actors of one store share. Read-only but for the parts that say
/// they are safe to use from any thread.
struct store_context {
  obol::options options;
  environment env;
  std::shared_ptr<const key_ring> keys;
  log_sink log;
  server_clock server_time;
  internal::counters counters;
  event_hub events;
  checkout_desk desk;
};

using store_context_ptr = std::shared_ptr<store_context>;

} // namespace obol::internal
