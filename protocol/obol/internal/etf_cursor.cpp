#include "obol/internal/etf_cursor.hpp"

#include "obol/internal/etf_tags.hpp"
#include "obol/internal/utf8.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

namespace obol::internal {

namespace {

bool is_ascii(std::string_view bytes) {
  std::uint64_t seen = 0;
  for (; bytes.size() >= sizeof(seen); bytes.remove_prefix(sizeof(seen))) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), sizeof(word));
    seen |= word;
  }
  for (auto c : bytes)
    seen |= static_cast<std::uint8_t>(c);
  return (seen & 0x8080808080808080) == 0;
}

bool is_atom_name(std::string_view bytes, bool latin1) {
  if (latin1 || is_ascii(bytes))
    return bytes.size() <= etf::max_atom_characters;
  auto characters = utf8_length(bytes);
  return characters && *characters <= etf::max_atom_characters;
}

} // namespace

std::string etf_atom::utf8() const {
  return latin1 ? utf8_of_latin1(bytes) : std::string{bytes};
}

// -- whole terms --------------------------------------------------------------

bool etf_cursor::read_atom(etf_atom& x) {
  return read_atom_unchecked(x) && is_atom_name(x.bytes, x.latin1);
}

bool etf_cursor::read_atom_unchecked(etf_atom& x) {
  std::uint8_t tag_byte = 0;
  std::uint8_t short_size = 0;
  std::uint16_t size = 0;
  if (!read_u8(tag_byte))
    return false;
  switch (tag_byte) {
    case tag::small_atom_utf8:
    case tag::small_atom:
      if (!read_u8(short_size))
        return false;
      size = short_size;
      break;
    case tag::atom_utf8:
    case tag::atom:
      if (!read_u16(size))
        return false;
      break;
    default:
      return false;
  }
  x.latin1 = tag_byte == tag::atom || tag_byte == tag::small_atom;
  return read_bytes(size, x.bytes);
}

bool etf_cursor::read_binary(std::string_view& x) {
  std::uint8_t tag_byte = 0;
  std::uint32_t size = 0;
  return read_u8(tag_byte) && tag_byte == tag::binary && read_u32(size)
         && read_bytes(size, x);
}

bool etf_cursor::read_int64(std::int64_t& x) {
  std::uint8_t byte = 0;
  std::uint32_t word = 0;
  switch (peek()) {
    case tag::small_integer:
      ++pos_;
      if (!read_u8(byte))
        return false;
      x = byte;
      return true;
    case tag::integer:
      ++pos_;
      if (!read_u32(word))
        return false;
      x = static_cast<std::int32_t>(word);
      return true;
    default:
      break;
  }
  etf_integer big;
  if (!read_big(big))
    return false;
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < big.magnitude.size(); ++i) {
    auto digit = static_cast<std::uint8_t>(big.magnitude[i]);
    if (i < sizeof(bits))
      bits |= std::uint64_t{digit} << (8 * i);
    else if (digit != 0)
      return false;
  }
  constexpr auto sign_bit = std::uint64_t{1} << 63;
  if (bits > sign_bit || (bits == sign_bit && !big.negative))
    return false;
  x = static_cast<std::int64_t>(big.negative ? std::uint64_t{0} - bits : bits);
  return true;
}

bool etf_cursor::read_big(etf_integer& x) {
  std::uint8_t tag_byte = 0;
  std::uint8_t short_size = 0;
  std::uint8_t sign = 0;
  std::uint32_t size = 0;
  if (!read_u8(tag_byte))
    return false;
  if (tag_byte == tag::small_big) {
    if (!read_u8(short_size))
      return false;
    size = short_size;
  } else if (tag_byte != tag::large_big || !read_u32(size)) {
    return false;
  }
  if (size > etf::max_integer_bytes || !read_u8(sign))
    return false;
  x.negative = sign != 0;
  return read_bytes(size, x.magnitude);
}

bool etf_cursor::read_float(double& x) {
  constexpr std::size_t old_float_size = 31;
  std::uint8_t tag_byte = 0;
  std::string_view bytes;
  if (!read_u8(tag_byte))
    return false;
  if (tag_byte == tag::new_float) {
    std::uint32_t high = 0;
    std::uint32_t low = 0;
    if (!read_u32(high) || !read_u32(low))
      return false;
    x = std::bit_cast<double>((std::uint64_t{high} << 32) | low);
  } else if (tag_byte == tag::old_float && read_bytes(old_float_size, bytes)) {
    // Text as by printf's "%.20e", filled up with zero bytes.
    auto text = bytes.substr(0, bytes.find('\0'));
    auto result = std::from_chars(text.data(), text.data() + text.size(), x);
    if (result.ec != std::errc{} || result.ptr != text.data() + text.size())
      return false;
  } else {
    return false;
  }
  return std::isfinite(x);
}

bool etf_cursor::read_bits(std::string_view& bytes, std::uint8_t& last_bits) {
  std::uint8_t tag_byte = 0;
  std::uint32_t size = 0;
  return read_u8(tag_byte) && tag_byte == tag::bit_binary && read_u32(size)
         && read_u8(last_bits) && last_bits <= 8
         && (last_bits == 0) == (size == 0) && read_bytes(size, bytes);
}

// -- skipping -----------------------------------------------------------------

bool etf_cursor::skip_term() {
  auto elements = etf::max_elements;
  return skip_term(etf::max_depth, elements);
}

bool etf_cursor::skip_term(std::size_t depth_left, std::size_t& elements_left) {
  // How many terms each open list, tuple or map still waits for.
  std::array<std::uint64_t, etf::max_depth> open;
  std::size_t depth = 0;
  for (;;) {
    std::uint64_t children = 0;
    if (elements_left == 0 || !skip_head(children))
      return false;
    --elements_left;
    if (children > 0) {
      // Each term takes a byte at least, so that more cannot come.
      if (children > left() || depth == std::min(depth_left, open.size()))
        return false;
      open[depth++] = children;
      continue;
    }
    while (depth > 0 && --open[depth - 1] == 0)
      --depth;
    if (depth == 0)
      return true;
  }
}

bool etf_cursor::skip_head(std::uint64_t& children) {
  std::uint8_t byte = 0;
  std::uint16_t half = 0;
  std::uint32_t word = 0;
  std::string_view bytes;
  etf_atom atom;
  etf_integer big;
  double number = 0;
  switch (peek()) {
    case tag::small_atom_utf8:
    case tag::atom_utf8:
    case tag::small_atom:
    case tag::atom:
      return read_atom(atom);
    case tag::binary:
      return read_binary(bytes);
    case tag::small_integer:
      return skip_bytes(2);
    case tag::integer:
      return skip_bytes(5);
    case tag::small_big:
    case tag::large_big:
      return read_big(big);
    case tag::new_float:
    case tag::old_float:
      return read_float(number);
    case tag::bit_binary:
      return read_bits(bytes, byte);
    case tag::nil:
      return skip_bytes(1);
    case tag::string:
      return skip_bytes(1) && read_u16(half) && skip_bytes(half);
    case tag::small_tuple:
      if (!skip_bytes(1) || !read_u8(byte))
        return false;
      children = byte;
      return true;
    case tag::large_tuple:
    case tag::list:
    case tag::map: {
      auto tag_byte = peek();
      if (!skip_bytes(1) || !read_u32(word))
        return false;
      children = word;
      // A list has a tail, a map has keys and values.
      if (tag_byte == tag::list)
        children += 1;
      else if (tag_byte == tag::map)
        children *= 2;
      return true;
    }
    default:
      return skip_opaque(children);
  }
}

bool etf_cursor::at_opaque() const {
  switch (peek()) {
    case tag::pid:
    case tag::new_pid:
    case tag::port:
    case tag::new_port:
    case tag::v4_port:
    case tag::reference:
    case tag::new_reference:
    case tag::newer_reference:
    case tag::export_fun:
    case tag::new_fun:
    case tag::fun:
      return true;
    default:
      return false;
  }
}

bool etf_cursor::skip_opaque(std::uint64_t& children) {
  std::uint8_t tag_byte = 0;
  std::uint16_t half = 0;
  std::uint32_t word = 0;
  etf_atom atom;
  if (!read_u8(tag_byte))
    return false;
  switch (tag_byte) {
    case tag::pid:
      return skip_node_and(9);
    case tag::new_pid:
    case tag::v4_port:
      return skip_node_and(12);
    case tag::port:
    case tag::reference:
      return skip_node_and(5);
    case tag::new_port:
      return skip_node_and(8);
    case tag::new_reference:
      return read_u16(half) && skip_node_and(1 + std::size_t{half} * 4);
    case tag::newer_reference:
      return read_u16(half) && skip_node_and(4 + std::size_t{half} * 4);
    case tag::export_fun:
      return read_atom(atom) && read_atom(atom) && peek() == tag::small_integer
             && skip_bytes(2);
    case tag::new_fun:
      // The size counts its own four bytes.
      return read_u32(word) && word >= 4 && skip_bytes(word - 4);
    case tag::fun:
      if (!read_u32(word))
        return false;
      // Pid, module, index and number, before the captured values.
      children = std::uint64_t{word} + 4;
      return true;
    default:
      return false;
  }
}

bool etf_cursor::skip_node_and(std::size_t size) {
  etf_atom node;
  return read_atom(node) && skip_bytes(size);
}

bool etf_cursor::skip_bytes(std::size_t size) {
  if (left() < size)
    return false;
  pos_ += size;
  return true;
}

} // namespace obol::internal
