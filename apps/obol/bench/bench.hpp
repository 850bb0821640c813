#pragma once

#include "cli/arguments.hpp"
#include "cli/exit_code.hpp"

namespace obol::bench {

/// `obol bench`: measures a store beside what the server can do.
cli::exit_code run(const cli::arguments& args);

} // namespace obol::bench
