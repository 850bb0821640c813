#include "obol/internal/etf_document.hpp"

#include "obol/etf/limits.hpp"
#include "obol/internal/etf_cursor.hpp"
#include "obol/internal/etf_tags.hpp"
#include "obol/internal/inflate.hpp"

namespace obol::internal {

std::optional<std::string_view> open_etf(std::string_view bytes,
                                         std::string& buffer) {
  etf_cursor cursor{bytes};
  std::uint8_t version = 0;
  if (bytes.size() > etf::max_bytes || !cursor.read_u8(version)
      || version != tag::version)
    return std::nullopt;
  if (cursor.peek() != tag::compressed)
    return bytes.substr(1);
  std::uint8_t tag_byte = 0;
  std::uint32_t size = 0;
  if (!cursor.read_u8(tag_byte) || !cursor.read_u32(size)
      || size > etf::max_bytes)
    return std::nullopt;
  auto inflated = inflate({cursor.position(), cursor.left()}, size);
  if (!inflated)
    return std::nullopt;
  buffer = std::move(*inflated);
  return std::string_view{buffer};
}

} // namespace obol::internal
