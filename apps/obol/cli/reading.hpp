#pragma once

#include "cli/arguments.hpp"
#include "cli/exit_code.hpp"

namespace obol::cli {

/// `obol get USER ID`: shows one session.
exit_code get(const arguments& args);

/// `obol list USER`: shows all sessions of a user, oldest first.
exit_code list(const arguments& args);

} // namespace obol::cli
