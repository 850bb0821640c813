#pragma once

#include "obol/session.hpp"

#include <caf/expected.hpp>

#include <string>
#include <string_view>

namespace obol::internal {

/// A session as a JSON object, its fields in the order of `session`. Fails
/// with `invalid_argument`, naming the field that JSON cannot express.
caf::expected<std::string> write_document(const session& x, bool with_payload);

/// Which fields a document must have.
enum class document_rule {
  /// All of them.
  every_field,
  /// `id`, `user_id` and `refresh_expires_at`; the others have defaults.
  essential_fields,
};

/// Reads a session from a JSON object. Fails with `invalid_argument`, naming
/// the field and what it must be.
caf::expected<session> read_document(std::string_view text, document_rule rule);

} // namespace obol::internal
