#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace obol::internal {

/// Inflates one zlib stream that must give exactly `size` bytes; what follows
/// the stream is ignored. Memory grows with what was really inflated, never
/// with `size` alone. Empty if the stream is broken or gives another size.
std::optional<std::string> inflate(std::string_view stream, std::size_t size);

} // namespace obol::internal
