#pragma once

#include <string>
#include <string_view>

namespace obol {

/// A library of server-side functions, as `FUNCTION LOAD` takes it. KEYS, ARGV
/// and replies of each function stand in the head comment of its Lua source.
struct function_library {
  /// `obol_` and 16 hex digits of the SHA-256 of the source. The same name
  /// means the same code, so deployments can share a server.
  std::string name;

  /// The Lua source, beginning with `#!lua name=<name>`.
  std::string code;

  /// The name to call a function by: `upsert` gives
  /// `obol_0123456789abcdef_upsert`. No two libraries share function names.
  std::string function(std::string_view short_name) const;
};

/// Functions for the layout with one hash per user and type, which needs
/// `HSETEX`.
const function_library& library_for_hash_field_expiry();

/// Functions for Charon 3's layout, which need a server with functions only.
const function_library& library_for_three_set();

} // namespace obol
