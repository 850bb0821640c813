#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace obol::internal {

/// A duration is at most a hundred years, so that sums do not overflow.
inline constexpr std::chrono::milliseconds max_duration
  = std::chrono::hours{24 * 365 * 100};

/// `500ms`, `2s`, `1.5min`, `1h`, `60d`, or a plain number of seconds.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// In the largest unit that divides it: `30min`.
std::string format_duration(std::chrono::milliseconds value);

/// Digits only.
std::optional<std::size_t> parse_count(std::string_view text);

/// Digits, and maybe `KiB` or `MiB`.
std::optional<std::size_t> parse_bytes(std::string_view text);

/// In the largest unit that divides it: `256KiB`.
std::string format_bytes(std::size_t value);

/// Bytes from pairs of hexadecimal digits; empty if the text has others.
std::optional<std::string> parse_hex(std::string_view text);

/// A value as an error may show it: shortened, without control characters.
std::string shown(std::string_view value);

} // namespace obol::internal
