#pragma once

#include "obol/etf/limits.hpp"
#include "obol/etf/term.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace obol::internal {

/// How deep JSON may be nested: a session around the deepest payload that
/// `etf/limits.hpp` allows, which does not count empty lists and maps.
inline constexpr std::size_t max_json_depth = etf::max_depth + 2;

/// Keys and values that stand around the payload in a session's JSON: the
/// session itself, 13 names and 12 values.
inline constexpr std::size_t json_elements_of_session = 1 + 13 + 12;

/// Reads one JSON value, nested at most `max_depth` deep and within the other
/// limits of `etf/limits.hpp`. Strings and keys become binaries; `null`,
/// `true` and `false` the atoms `nil`, `true` and `false`. Empty for anything
/// else, also where a key stands twice.
std::optional<etf::term> term_of_json(std::string_view text,
                                      std::size_t max_depth);

/// The inverse of `term_of_json`. False if `value` holds what JSON cannot say
/// (other atoms, tuples, bytes that are no UTF-8, ...) or more elements than
/// can be read again in a session; `out` is then spoilt.
bool append_json(std::string& out, const etf::term& value);

/// A JSON string; false for bytes that are no UTF-8.
bool append_json_string(std::string& out, std::string_view bytes);

} // namespace obol::internal
