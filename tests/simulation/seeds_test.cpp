#include "obol/testing/internal/runs/campaign.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

// Whole stores in simulated worlds, thousands of them. A failure prints the
// line that replays it, with a trace.

namespace obol::testing::internal {
namespace {

/// Seeds for each workload: the same every time, and new ones.
constexpr std::uint64_t fixed_seeds = OBOL_SIMULATION_SEEDS * 4 / 5;
constexpr std::uint64_t fresh_seeds = OBOL_SIMULATION_SEEDS / 5;

std::string failures_of(const campaign_settings& settings,
                        const campaign_totals& totals) {
  std::string result;
  for (auto& x : totals.failures) {
    result += replay_line(settings, x.seed) + '\n';
    for (auto& one : x.violations)
      result += to_string(one) + '\n';
  }
  return result;
}

class SeedsTest : public ::testing::TestWithParam<workload_kind> {
protected:
  campaign_totals run(std::uint64_t first, std::uint64_t count) {
    settings_.first_seed = first;
    settings_.seeds = count;
    settings_.workload = GetParam();
    settings_.jobs = 1;
    auto result = run_campaign(settings_);
    EXPECT_EQ(result.failed, 0u) << failures_of(settings_, result);
    return result;
  }

  campaign_settings settings_;
};

TEST_P(SeedsTest, KeepEveryRuleAndSeeEveryFault) {
  auto totals = run(1, fixed_seeds);

  // A run that saw nothing proves nothing.
  EXPECT_EQ(totals.runs, fixed_seeds);
  EXPECT_GT(totals.counts.upserts_applied, 0u);
  for (auto x : totals.silent({all_faults().begin(), all_faults().end()}))
    ADD_FAILURE() << to_string(x) << " never had an effect";
}

TEST_P(SeedsTest, KeepEveryRuleWithSeedsNobodyHasTried) {
  std::random_device device;
  auto first = 1'000'000'000 + std::uint64_t{device()};

  EXPECT_EQ(run(first, fresh_seeds).runs, fresh_seeds);
}

INSTANTIATE_TEST_SUITE_P(Of, SeedsTest, ::testing::ValuesIn(all_workloads),
                         [](auto& x) { return to_string(x.param); });

// -- seeds that failed once ---------------------------------------------------

struct lesson {
  const char* what;
  std::uint64_t seed;
  workload_kind workload;
  std::optional<std::vector<fault>> faults;
};

class LessonTest : public ::testing::TestWithParam<lesson> {};

TEST_P(LessonTest, IsLearnt) {
  run_settings settings;
  settings.seed = GetParam().seed;
  settings.workload = GetParam().workload;
  settings.faults = GetParam().faults;

  for (auto& x : run_seed(settings).violations)
    ADD_FAILURE() << to_string(x);
}

INSTANTIATE_TEST_SUITE_P(
  Of, LessonTest,
  ::testing::Values(lesson{"TheRegistrarsConnectionsMayOverlap", 119917,
                           workload_kind::login_product, std::nullopt},
                    lesson{"ANewSessionDoesNotShortenATombstonesLife", 10143974,
                           workload_kind::login_product, std::nullopt},
                    lesson{"AStreamThatHasLostAReplyIsNeverHeardAgain",
                           20048362, workload_kind::login_product,
                           std::nullopt},
                    lesson{"ARegistrarThatHasFailedForLongRestsForLong", 269491,
                           workload_kind::start_up, std::nullopt},
                    lesson{"AServersClockThatJumpsCostsNoUpsertItsTime", 695,
                           workload_kind::fleet, std::nullopt},
                    lesson{"ALateCopyOfALostDeleteIsNotItsOutcome", 2962756712,
                           workload_kind::fleet, std::nullopt}),
  [](auto& x) { return std::string{x.param.what}; });

} // namespace
} // namespace obol::testing::internal
