#pragma once

#include "obol/internal/in_flight_queue.hpp"
#include "obol/internal/operation.hpp"

#include <caf/response_promise.hpp>

#include <optional>

namespace obol::internal {

/// A request on the wire: its operation, empty for a probe of the connection's
/// own, and the promise to its requester.
struct flight {
  operation_ptr what;
  caf::response_promise requester;
};

using flights = in_flight_queue<flight>;

/// Answers those whose deadline has come. Their replies are still due, so they
/// keep their place.
void answer_overdue(flights& all, instant now);

/// Answers all: they go no further.
void give_up(flights& all, const caf::error& reason);

/// Since when the oldest has been in flight.
std::optional<instant> oldest(flights& all);

} // namespace obol::internal
