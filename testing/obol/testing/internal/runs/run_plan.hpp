#pragma once

#include "obol/options.hpp"
#include "obol/testing/fault.hpp"
#include "obol/testing/internal/random_stream.hpp"
#include "obol/testing/internal/runs/workload_names.hpp"
#include "obol/testing/internal/server/server_kind.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace obol::testing::internal {

/// What a run is asked to do; the rest follows from the seed.
struct run_settings {
  std::uint64_t seed = 1;

  /// Empty: by the seed.
  std::optional<workload_kind> workload;

  /// Empty: by the seed, which takes some of all.
  std::optional<std::vector<fault>> faults;

  /// How many lines of trace are kept; 0 for none.
  std::size_t trace_lines = 0;

  known_bad mistake = known_bad::none;
};

/// Everything about a run that is drawn before it begins.
struct run_plan {
  workload_kind workload = workload_kind::hot_sessions;
  server_kind server = server_kind::redis_8;
  std::size_t stores = 1;
  obol::options options;
  std::vector<fault> faults;
  duration fault_interval{};
  duration length{};
  duration step_cost_max{};
};

run_plan draw_plan(const run_settings& settings);

/// In one line.
std::string to_string(const run_plan& x);

} // namespace obol::testing::internal
