#pragma once

#include "bench/remote/remote_peers.hpp"
#include "bench/stage.hpp"

namespace obol::bench {

/// Measures gets by a node beside gets in this process and beside an echo of
/// the same messages over the same transport, plain and with TLS.
void measure_remote(stage& on, const remote_peers& peers);

} // namespace obol::bench
