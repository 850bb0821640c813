#include "bench/verified_load.hpp"

namespace obol::bench {

// Built where there is no obol::testing; `read_settings` has refused --verify.
measurement measure_verified(stage&, workload, std::size_t) {
  throw bench_failure{"this build cannot verify"};
}

} // namespace obol::bench
