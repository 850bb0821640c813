#include "obol/internal/session_document.hpp"
#include "obol/session_codec.hpp"

namespace obol {

caf::expected<session> decode_json(std::string_view text) {
  return internal::read_document(text, internal::document_rule::every_field);
}

caf::expected<std::string> encode_json(const session& x) {
  return internal::write_document(x, true);
}

} // namespace obol
