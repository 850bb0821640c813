#pragma once

#include "bench/stage.hpp"

namespace obol::bench {

/// Cost of get and upsert over the number of stored sessions, and of get_all
/// over the number of sessions of a user.
void measure_growth(stage& on);

} // namespace obol::bench
