#include "obol/session_json.hpp"

#include "obol/internal/session_document.hpp"

namespace obol {

caf::expected<std::string> to_json_text(const session& x, bool with_payload) {
  return internal::write_document(x, with_payload);
}

caf::expected<session> from_json_text(std::string_view text) {
  return internal::read_document(text,
                                 internal::document_rule::essential_fields);
}

} // namespace obol
