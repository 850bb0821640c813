#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace obol::internal {

/// Takes the frame off `bytes`, which begin with 131: a view of the term and
/// what may follow it, in `bytes` or, if it was compressed, in `buffer`. Empty
/// for another frame, a broken one, and beyond `etf::max_bytes`.
std::optional<std::string_view> open_etf(std::string_view bytes,
                                         std::string& buffer);

} // namespace obol::internal
