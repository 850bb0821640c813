#include "obol/internal/errors.hpp"

#include "obol/error.hpp"

#include <utility>

namespace obol::internal {

caf::error invalid_argument(std::string text) {
  return caf::make_error(ec::invalid_argument, std::move(text));
}

caf::error session_expired(std::string text) {
  return caf::make_error(ec::session_expired, std::move(text));
}

caf::error unavailable(std::string text) {
  return caf::make_error(ec::unavailable, std::move(text));
}

caf::error misconfigured(std::string text) {
  return caf::make_error(ec::misconfigured, std::move(text));
}

} // namespace obol::internal
