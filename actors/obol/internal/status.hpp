#pragma once

#include "obol/internal/store_context.hpp"
#include "obol/messages.hpp"
#include "obol/signals.hpp"

namespace obol::internal {

/// What is known of a store without asking its pool.
store_status status_of(const store_context& store,
                       const registration& functions);

} // namespace obol::internal
