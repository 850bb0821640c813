#pragma once

#include "obol/internal/clock.hpp"
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
};

/// Sockets, the machine's clock and the operating system's random numbers.
environment make_system_environment(transport_settings settings);

} // namespace obol::internal
