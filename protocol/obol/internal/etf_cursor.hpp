#pragma once

#include "obol/etf/limits.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace obol::internal {

/// An atom as it stands in the bytes.
struct etf_atom {
  std::string_view bytes;
  bool latin1 = false;

  /// For names of ASCII characters only.
  bool is(std::string_view name) const {
    return bytes == name;
  }

  std::string utf8() const;
};

/// An integer as it stands in the bytes.
struct etf_integer {
  bool negative = false;
  /// Least significant byte first; may have zeros at the end.
  std::string_view magnitude;
};

/// Walks over bytes nobody vouches for, in Erlang's external term format
/// without the leading 131. Every `read` is false at anything but a whole,
/// well-formed value of its kind; the cursor then stands anywhere and is of
/// no further use. Views point into the bytes.
class etf_cursor {
public:
  explicit etf_cursor(std::string_view bytes)
    : pos_(bytes.data()), end_(bytes.data() + bytes.size()) {
  }

  const char* position() const {
    return pos_;
  }

  std::size_t left() const {
    return static_cast<std::size_t>(end_ - pos_);
  }

  // -- parts of terms ---------------------------------------------------------

  /// The next byte without taking it; 0, which is no tag, at the end.
  std::uint8_t peek() const {
    return pos_ == end_ ? 0 : static_cast<std::uint8_t>(*pos_);
  }

  bool read_u8(std::uint8_t& x);

  bool read_u16(std::uint16_t& x);

  bool read_u32(std::uint32_t& x);

  bool read_bytes(std::size_t size, std::string_view& x);

  // -- whole terms ------------------------------------------------------------

  bool read_atom(etf_atom& x);

  /// The same without checking that it is a name, for comparison only.
  bool read_atom_unchecked(etf_atom& x);

  bool read_binary(std::string_view& x);

  /// Any integer that fits 64 bits, whatever its encoding.
  bool read_int64(std::int64_t& x);

  /// An integer encoded as SMALL_BIG or LARGE_BIG.
  bool read_big(etf_integer& x);

  /// Either float encoding; finite ones only, as there are no others.
  bool read_float(double& x);

  /// BIT_BINARY: the bytes and how many bits of the last one count (1 to 8,
  /// or 0 if there are no bytes).
  bool read_bits(std::string_view& bytes, std::uint8_t& last_bits);

  /// Any term; checks it without building it. Duplicate keys in maps are the
  /// one error it does not see.
  bool skip_term();

  /// The same within what is left of larger bounds.
  bool skip_term(std::size_t depth_left, std::size_t& elements_left);

  /// Whether the next term is a pid, port, reference or fun.
  bool at_opaque() const;

private:
  /// Skips what belongs to one term but its `children`.
  bool skip_head(std::uint64_t& children);
  bool skip_opaque(std::uint64_t& children);
  bool skip_node_and(std::size_t size);
  bool skip_bytes(std::size_t size);

  const char* pos_;
  const char* end_;
};

inline bool etf_cursor::read_u8(std::uint8_t& x) {
  if (pos_ == end_)
    return false;
  x = static_cast<std::uint8_t>(*pos_++);
  return true;
}

inline bool etf_cursor::read_u16(std::uint16_t& x) {
  if (left() < 2)
    return false;
  auto* p = reinterpret_cast<const unsigned char*>(pos_);
  x = static_cast<std::uint16_t>((p[0] << 8) | p[1]);
  pos_ += 2;
  return true;
}

inline bool etf_cursor::read_u32(std::uint32_t& x) {
  if (left() < 4)
    return false;
  auto* p = reinterpret_cast<const unsigned char*>(pos_);
  x = (std::uint32_t{p[0]} << 24) | (std::uint32_t{p[1]} << 16)
      | (std::uint32_t{p[2]} << 8) | p[3];
  pos_ += 4;
  return true;
}

inline bool etf_cursor::read_bytes(std::size_t size, std::string_view& x) {
  if (left() < size)
    return false;
  x = {pos_, size};
  pos_ += size;
  return true;
}

} // namespace obol::internal
