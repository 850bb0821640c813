#pragma once

#include <caf/error.hpp>

#include <string>

namespace obol::internal {

/// An `invalid_argument` whose text names a field and the rule it breaks, and
/// never what the field holds.
caf::error invalid_argument(std::string text);

/// A `session_expired`, likewise.
caf::error session_expired(std::string text);

/// An `unavailable` whose text says what is not there, or went wrong.
caf::error unavailable(std::string text);

/// A `misconfigured` whose text says what the process lacks.
caf::error misconfigured(std::string text);

} // namespace obol::internal
