#include "obol/internal/etf_put.hpp"

#include "obol/etf/limits.hpp"
#include "obol/internal/etf_tags.hpp"
#include "obol/internal/utf8.hpp"

#include <limits>

namespace obol::internal {

void put_int64(std::string& out, std::int64_t x) {
  if (x >= 0 && x <= 255) {
    const char bytes[]
      = {static_cast<char>(tag::small_integer), static_cast<char>(x)};
    out.append(bytes, sizeof(bytes));
    return;
  }
  if (x >= std::numeric_limits<std::int32_t>::min()
      && x <= std::numeric_limits<std::int32_t>::max()) {
    auto bits = static_cast<std::uint32_t>(x);
    const char bytes[]
      = {static_cast<char>(tag::integer), static_cast<char>(bits >> 24),
         static_cast<char>(bits >> 16), static_cast<char>(bits >> 8),
         static_cast<char>(bits)};
    out.append(bytes, sizeof(bytes));
    return;
  }
  auto magnitude = static_cast<std::uint64_t>(x);
  if (x < 0)
    magnitude = std::uint64_t{0} - magnitude;
  char bytes[sizeof(magnitude)];
  std::size_t size = 0;
  for (; magnitude != 0; magnitude >>= 8)
    bytes[size++] = static_cast<char>(magnitude);
  put_big(out, x < 0, {bytes, size});
}

void put_big(std::string& out, bool negative, std::string_view magnitude) {
  if (magnitude.size() <= 255) {
    put_u8(out, tag::small_big);
    put_u8(out, magnitude.size());
  } else {
    put_u8(out, tag::large_big);
    put_u32(out, magnitude.size());
  }
  put_u8(out, negative ? 1 : 0);
  out += magnitude;
}

void put_binary(std::string& out, std::string_view bytes) {
  put_u8(out, tag::binary);
  put_u32(out, bytes.size());
  out += bytes;
}

bool put_atom(std::string& out, std::string_view name) {
  auto characters = utf8_length(name);
  if (!characters || *characters > etf::max_atom_characters)
    return false;
  if (name.size() <= 255) {
    put_u8(out, tag::small_atom_utf8);
    put_u8(out, name.size());
  } else {
    put_u8(out, tag::atom_utf8);
    put_u16(out, name.size());
  }
  out += name;
  return true;
}

} // namespace obol::internal
