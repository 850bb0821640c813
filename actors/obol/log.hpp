#pragma once

#include "obol/options.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace obol {

/// Takes one line of log: who (`obol.pool`), and what happened, without ids,
/// secrets or payload. Called from any thread, also from several at a time.
using log_sink
  = std::function<void(log_level, std::string_view who, std::string_view what)>;

/// Writes lines of `level` and graver to standard error.
log_sink make_stderr_log(log_level level,
                         log_format format = log_format::logfmt);

} // namespace obol
