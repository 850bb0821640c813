#pragma once

#include <cstddef>

namespace obol::internal {

/// How many processors the calling thread may run on; at least 1. Fewer than
/// the machine has under taskset(1), in a cpuset of containers, or by
/// `CPUAffinity=` of a unit.
std::size_t usable_processors() noexcept;

} // namespace obol::internal
