#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace obol::internal {

/// The number of characters of well-formed UTF-8 (RFC 3629: no surrogates, no
/// overlong forms, nothing above U+10FFFF); empty for anything else.
std::optional<std::size_t> utf8_length(std::string_view bytes);

/// Latin-1 as UTF-8.
std::string utf8_of_latin1(std::string_view bytes);

} // namespace obol::internal
