#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace obol::internal {

/// On which line each key of a JSON document stands, the first being 1. Keys of
/// nested objects are joined with dots, as option names are.
using config_lines = std::map<std::string, std::size_t>;

/// The lines of the keys of a document that is valid JSON. Of a key that occurs
/// twice the last one counts, as it does for its value.
config_lines lines_of_keys(std::string_view text);

} // namespace obol::internal
