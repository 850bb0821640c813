#pragma once

#include "bench/stage.hpp"

namespace obol::bench {

/// Measures the maximum of 200 clients in a closed loop, then obol and plain
/// hiredis (with payload work) in open loops at shares of it.
void run_open_loops(stage& on);

} // namespace obol::bench
