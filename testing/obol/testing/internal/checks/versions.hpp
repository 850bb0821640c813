#pragma once

#include "obol/testing/internal/checks/facts.hpp"
#include "obol/testing/internal/checks/payloads.hpp"
#include "obol/testing/internal/checks/report.hpp"

#include <vector>

namespace obol::testing::internal {

/// The rules about versions that cannot both have been stored, whenever they
/// were seen: R1, R2, R3.
void check_versions(const facts& known, const std::vector<proof>& proofs,
                    report& found);

} // namespace obol::testing::internal
