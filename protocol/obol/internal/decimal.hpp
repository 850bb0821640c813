#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace obol::internal {

/// How large an integer user id may be when read: 512 bits.
inline constexpr std::size_t max_decimal_bytes = 64;

/// The decimal form of a number given least significant byte first.
/// @pre at most `max_decimal_bytes` bytes
std::string decimal_of(bool negative, std::string_view magnitude);

/// A number in decimal, as a sign and its bytes, least significant first.
struct parsed_decimal {
  bool negative = false;
  std::string magnitude;
};

/// The inverse; empty unless `text` is an optional minus and digits, of at
/// most `max_decimal_bytes` bytes.
std::optional<parsed_decimal> parse_decimal(std::string_view text);

} // namespace obol::internal
