#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace obol::internal {

/// 32 bytes take 43 characters of base64 without padding.
inline constexpr std::size_t encoded_mac_size = 43;

/// Decodes 43 characters of base64 for URLs (RFC 4648, section 5). What the
/// last character has beyond the 32nd byte is ignored.
std::optional<std::array<unsigned char, 32>>
decode_mac(std::string_view characters);

} // namespace obol::internal
