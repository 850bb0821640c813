#pragma once

#include "obol/internal/operation.hpp"

#include <utility>

namespace obol::internal {

/// An operation and the duty to answer its requester, which go together. Empty
/// for a probe of a connection's own.
struct flight {
  operation_ptr what;
  class requester requester;
};

/// Takes over an operation that came as a message, with the duty within it or,
/// if nobody has taken that yet, for the message itself.
inline flight take_over(caf::local_actor* self, operation_ptr& what) {
  auto duty = what->submitted_by.is_due() ? std::move(what->submitted_by)
                                          : requester{self};
  duty.belong_to(self);
  return {std::move(what), std::move(duty)};
}

} // namespace obol::internal
