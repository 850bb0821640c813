#pragma once

#include "bench/stage.hpp"

namespace obol::bench {

/// Watches this process while its store has nothing to do.
void measure_idle(stage& on);

} // namespace obol::bench
