#pragma once

#include "obol/function_library.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// What real and simulated servers are asked, one command a line.

namespace obol::test {

using script_lines = std::vector<std::string>;

script_lines lines_of(std::string_view text);

script_lines connection_script();

script_lines string_script();

script_lines key_script();

script_lines hash_script();

/// Needs a server where fields of hashes expire.
script_lines field_expiry_script();

script_lines sorted_set_script();

/// Commands that some state of the server may refuse. They use the functions of
/// `state_library`.
script_lines state_script();

/// Functions `writes`, `reads` and `deletes`, each with the flags of such.
std::string state_library();

/// Codes of libraries that are good or bad in every way a server tells apart.
std::vector<std::string> libraries_to_load();

/// Functions that return what Lua can hold, and functions that fail.
std::string lua_library();

/// Calls of these functions.
script_lines lua_script();

/// Calls of the functions of a library of ours on the keys of one set: every
/// outcome of each.
/// @param now what the server's clock says, in Unix seconds
std::vector<std::vector<std::string>>
session_script(const function_library& library, bool one_hash,
               std::int64_t now);

/// Commands made up from a seed.
script_lines random_script(std::uint64_t seed, bool field_expiry);

} // namespace obol::test
