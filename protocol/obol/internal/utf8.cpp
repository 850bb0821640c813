#include "obol/internal/utf8.hpp"

#include <cstdint>

namespace obol::internal {

namespace {

bool is_continuation(unsigned char byte) {
  return (byte & 0xC0) == 0x80;
}

/// The length of the character that begins `rest`, or 0.
std::size_t character_size(std::string_view rest) {
  auto at = [&](std::size_t i) { return static_cast<unsigned char>(rest[i]); };
  auto lead = at(0);
  if (lead < 0x80)
    return 1;
  std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || rest.size() < size)
    return 0;
  for (std::size_t i = 1; i < size; ++i)
    if (!is_continuation(at(i)))
      return 0;
  // The second byte decides overlong forms, surrogates and the upper end.
  auto second = at(1);
  if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F)
      || (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F))
    return 0;
  return size;
}

} // namespace

std::optional<std::size_t> utf8_length(std::string_view bytes) {
  std::size_t characters = 0;
  while (!bytes.empty()) {
    auto size = character_size(bytes);
    if (size == 0)
      return std::nullopt;
    bytes.remove_prefix(size);
    ++characters;
  }
  return characters;
}

std::string utf8_of_latin1(std::string_view bytes) {
  std::string result;
  result.reserve(bytes.size());
  for (auto c : bytes) {
    auto byte = static_cast<std::uint8_t>(c);
    if (byte < 0x80) {
      result += c;
    } else {
      result += static_cast<char>(0xC0 | (byte >> 6));
      result += static_cast<char>(0x80 | (byte & 0x3F));
    }
  }
  return result;
}

} // namespace obol::internal
