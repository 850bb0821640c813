#pragma once

#include "obol/internal/operation.hpp"

namespace obol::internal {

/// An operation and the duty to answer its requester, which go together. Empty
/// for a probe of a connection's own.
struct flight {
  operation_ptr what;
  class requester requester;
};

} // namespace obol::internal
