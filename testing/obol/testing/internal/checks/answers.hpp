#pragma once

#include "obol/testing/internal/checks/facts.hpp"
#include "obol/testing/internal/checks/report.hpp"

namespace obol::testing::internal {

/// The rules about one request and its answer: A1, A2, A4, R0, R10.
void check_answers(const facts& known, report& found);

} // namespace obol::testing::internal
