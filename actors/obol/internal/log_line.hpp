#pragma once

#include "obol/options.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace obol::internal {

/// One line of log with its line end: the time in UTC, the level, who, and what
/// happened. Whatever the texts hold, it is one line.
std::string log_line(log_format format,
                     std::chrono::system_clock::time_point time,
                     log_level level, std::string_view who,
                     std::string_view what);

} // namespace obol::internal
