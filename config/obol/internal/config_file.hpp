#pragma once

#include "obol/internal/assignment.hpp"

#include <caf/expected.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace obol::internal {

/// A config file is at most this long.
inline constexpr std::size_t max_config_file_size = 64 * 1024;

/// What a JSON file sets. Errors (`invalid_argument`) name the file, the line
/// and the key.
caf::expected<std::vector<assignment>>
read_config_file(const std::string& path);

} // namespace obol::internal
