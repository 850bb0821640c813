#include "obol/internal/base64.hpp"

namespace obol::internal {

namespace {

/// The six bits of a character, or -1.
int bits_of(char c) {
  if (c >= 'A' && c <= 'Z')
    return c - 'A';
  if (c >= 'a' && c <= 'z')
    return c - 'a' + 26;
  if (c >= '0' && c <= '9')
    return c - '0' + 52;
  if (c == '-')
    return 62;
  return c == '_' ? 63 : -1;
}

} // namespace

std::optional<std::array<unsigned char, 32>>
decode_mac(std::string_view characters) {
  if (characters.size() != encoded_mac_size)
    return std::nullopt;
  std::array<unsigned char, 32> result{};
  std::size_t done = 0;
  unsigned buffer = 0;
  unsigned available = 0;
  for (auto c : characters) {
    auto bits = bits_of(c);
    if (bits < 0)
      return std::nullopt;
    buffer = ((buffer << 6) | static_cast<unsigned>(bits)) & 0xFFFF;
    available += 6;
    if (available >= 8 && done < result.size()) {
      available -= 8;
      result[done++] = static_cast<unsigned char>(buffer >> available);
    }
  }
  return result;
}

} // namespace obol::internal
