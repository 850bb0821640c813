#pragma once

#include "obol/internal/clock.hpp"
#include "obol/internal/event_forecast.hpp"
#include "obol/internal/random_source.hpp"
#include "obol/internal/transport.hpp"

#include <memory>

namespace obol::internal {

/// Everything a store takes from the outside world. Nothing else may ask for
/// the time, a random number or a socket.
struct environment {
  std::shared_ptr<transport_factory> network;
  std::shared_ptr<const internal::clock> clock;
  std::shared_ptr<random_source> random;
  /// Whether a connection lets all that is ready run before it sends, so that
  /// the requests of many go together. Good where that wakes no other thread:
  /// on the polling scheduler.
  bool sends_late = false;
  /// Is told how many replies are due; may be empty.
  std::shared_ptr<event_forecast> forecast;
};

/// Sockets, watched by this poller or, if there is none, by a thread of their
/// own; the machine's clock and the operating system's random numbers.
environment make_system_environment(transport_settings settings,
                                    std::shared_ptr<poller> events);

} // namespace obol::internal
