#pragma once

#include "bench/stage.hpp"

#include <cstddef>

namespace obol::bench {

/// A closed loop of client actors whose histories are held against the rules of
/// obol::testing. It is made of short episodes, each with sessions of its own,
/// so that memory stays bounded; broken rules go to the report.
measurement measure_verified(stage& on, workload what, std::size_t clients);

} // namespace obol::bench
