#pragma once

#include "obol/testing/checker.hpp"
#include "obol/testing/fault.hpp"
#include "obol/testing/internal/runs/run_plan.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace obol::testing::internal {

/// What came of a run. Beside the rules of the checker there are these:
///
///   W1  every actor ends once its store is told to
///   W2  a connection carries no more requests than `pool.max_in_flight`, and
///       one probe
///   W3  a store has no more connections than `pool.size`,
///       `pool.max_overflow`, and two of its registrar, where one takes over
///   W4  no more requests wait than `pool.max_waiting`, and those besides that
///       connections have handed back
///   W5  the pool is whole again within 30 s of the last fault, and writes
///   W6  functions are loaded once each time the server has lost them
///   W7  clients come to an end
///   W8  the metrics count each request once, with the outcome its client is
///       told
struct run_report {
  std::uint64_t seed = 0;
  std::vector<violation> violations;
  std::size_t counted_losses = 0;
  history_counts counts;
  fault_counts faults;

  /// How long it took in its own time, and how many events.
  duration simulated{};
  std::uint64_t steps = 0;

  /// The plan, and what happened, if a trace was asked for.
  std::string trace;

  bool passed() const {
    return violations.empty();
  }
};

/// Lets a world be, with stores, clients and faults by the seed; then lets the
/// faults end, and holds what was seen against the rules.
run_report run_seed(const run_settings& settings);

} // namespace obol::testing::internal
