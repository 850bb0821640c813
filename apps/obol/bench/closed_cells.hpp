#pragma once

#include "bench/stage.hpp"

#include <cstddef>

namespace obol::bench {

/// Measures all closed loops and their yardsticks, round after round.
void run_closed_loops(stage& on);

/// One closed loop of client actors on a data set that is loaded. What it
/// writes stays.
measurement measure_actors(stage& on, const dataset& data, workload what,
                           std::size_t clients, run_length length);

/// The same by calls with a callback to the facade.
measurement measure_callbacks(stage& on, workload what, std::size_t clients);

} // namespace obol::bench
