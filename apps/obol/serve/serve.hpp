#pragma once

#include "cli/arguments.hpp"
#include "cli/exit_code.hpp"

namespace obol::serve {

/// `obol serve`: a store as a service, until somebody stops it.
cli::exit_code run(const cli::arguments& args);

} // namespace obol::serve
