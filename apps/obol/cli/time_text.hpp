#pragma once

#include "obol/session.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace obol::cli {

/// Reads Unix seconds (`1795298400`) or a time in UTC as ISO 8601 writes it
/// (`2026-11-21T22:00:00Z`). Empty if it is neither, or no such time exists.
std::optional<unix_seconds> parse_time(std::string_view text);

/// For people: `2026-11-21 22:00:00`, in UTC.
std::string format_time(unix_seconds time);

} // namespace obol::cli
