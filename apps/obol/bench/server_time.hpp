#pragma once

#include "bench/stage.hpp"

namespace obol::bench {

/// Asks the server itself how long its upsert function takes, for refreshes
/// and for logins, under both write guards.
void measure_server_time(stage& on);

} // namespace obol::bench
