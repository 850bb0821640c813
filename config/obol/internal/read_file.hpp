#pragma once

#include <caf/expected.hpp>

#include <cstddef>
#include <string>

namespace obol::internal {

/// Reads at most `limit` bytes. The error's text (`invalid_argument`) begins
/// with `what` and names the path.
caf::expected<std::string>
read_file(const std::string& what, const std::string& path, std::size_t limit);

} // namespace obol::internal
