#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace obol::internal {

/// Digits and sign of a bulk string's announced length, with the line end.
inline constexpr std::size_t max_length_line = 22;

/// A bulk string (RESP2) among the bytes that a server sent.
struct whole_bulk {
  /// Without what stands around it; a view of those bytes.
  std::string_view text;

  /// All of it.
  std::size_t wire_bytes = 0;
};

/// The bulk string that the bytes begin with, if all of it is there. Empty for
/// whatever else they begin with, and for what is unusual in any way: a nil, a
/// sign, leading zeros, more than `max_bytes`, a wrong end.
std::optional<whole_bulk> whole_bulk_in(std::string_view bytes,
                                        std::size_t max_bytes);

} // namespace obol::internal
