#pragma once

#include "cli/arguments.hpp"
#include "obol/session_key.hpp"

#include <caf/expected.hpp>

namespace obol::cli {

/// The user a command names in its first word, as `--user-kind` reads it, with
/// the type of `--type`. Under `auto`, the default, digits without a leading
/// zero are an integer and anything else is a string.
caf::expected<session_set> named_set(const arguments& args);

} // namespace obol::cli
