#pragma once

#include "cli/arguments.hpp"
#include "cli/exit_code.hpp"

#include <cstddef>

namespace obol::cli {

/// A session on standard input is at most this long.
inline constexpr std::size_t max_input_bytes = 4 * 1024 * 1024;

/// `obol put`: stores the session that stands on standard input as JSON.
exit_code put(const arguments& args);

/// `obol revoke USER (ID | --all | --others ID | --before TIME)`.
exit_code revoke(const arguments& args);

} // namespace obol::cli
