#pragma once

#include "cli/arguments.hpp"
#include "cli/exit_code.hpp"

namespace obol::demo {

/// `obol demo`: the life of a login, step by step.
cli::exit_code run(const cli::arguments& args);

} // namespace obol::demo
