#pragma once

#include "obol/testing/internal/checks/facts.hpp"
#include "obol/testing/internal/checks/payloads.hpp"
#include "obol/testing/internal/checks/report.hpp"

#include <vector>

namespace obol::testing::internal {

/// The rules about what may follow what: A5, R6, R7, R8, R9. Goes through the
/// history once, in the order of time, and holds every request against what was
/// known when it was invoked.
void check_order(const facts& known, const std::vector<proof>& proofs,
                 report& found);

} // namespace obol::testing::internal
