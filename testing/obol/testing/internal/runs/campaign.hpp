#pragma once

#include "obol/testing/internal/runs/run.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace obol::testing::internal {

/// What has come of many runs so far.
struct campaign_totals {
  std::uint64_t runs = 0;
  std::uint64_t failed = 0;
  std::uint64_t steps = 0;
  duration simulated{};
  std::size_t counted_losses = 0;
  history_counts counts;
  fault_counts faults;

  /// The first failures, at most `failures_kept`.
  std::vector<run_report> failures;

  static constexpr std::size_t failures_kept = 5;

  void add(run_report x);

  /// Those of `which` that never had an effect.
  std::vector<fault> silent(const std::vector<fault>& which) const;
};

/// Many runs, one seed after the other.
struct campaign_settings {
  std::uint64_t first_seed = 1;
  std::uint64_t seeds = 1000;
  std::optional<workload_kind> workload;
  std::optional<std::vector<fault>> faults;
  known_bad mistake = known_bad::none;

  /// How many threads.
  unsigned jobs = 2;

  /// Ends after so many failures.
  std::uint64_t failures_max = 1;

  /// Called now and then, from one thread at a time.
  std::function<void(const campaign_totals&)> on_progress;
};

campaign_totals run_campaign(const campaign_settings& settings);

/// The seed that this thread runs; 0 between runs. For those who handle
/// crashes.
std::uint64_t running_seed();

/// How to run a seed once more, with a trace.
std::string replay_line(const campaign_settings& settings, std::uint64_t seed);

} // namespace obol::testing::internal
