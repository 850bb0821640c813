#include "obol/testing/internal/runs/campaign.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace obol::testing::internal {
namespace {

/// Each is convicted long before; all of these take less than a minute.
constexpr std::uint64_t seeds_max = 4000;

/// The rules that a store which makes this mistake breaks first.
campaign_totals try_store(known_bad mistake,
                          std::optional<std::vector<fault>> faults) {
  campaign_settings settings;
  settings.workload = workload_kind::hot_sessions;
  settings.mistake = mistake;
  settings.faults = std::move(faults);
  settings.seeds = seeds_max;
  settings.jobs = 1;
  return run_campaign(settings);
}

bool convicted_of(const campaign_totals& totals, const std::string& rule) {
  return std::any_of(
    totals.failures.begin(), totals.failures.end(), [&](auto& x) {
      return std::any_of(x.violations.begin(), x.violations.end(),
                         [&](auto& y) { return y.rule == rule; });
    });
}

TEST(KnownBadTest, CharonsRuleRevivesDeletedSessionsWithoutAnyFault) {
  auto totals = try_store(known_bad::charon_rule, std::vector<fault>{});

  EXPECT_TRUE(convicted_of(totals, "R9"));
}

TEST(KnownBadTest, BlindResendingReportsAConflictForAnAppliedWrite) {
  auto totals = try_store(known_bad::blind_resend,
                          std::vector<fault>{fault::drop_reply_after_apply});

  EXPECT_TRUE(convicted_of(totals, "R4"));
}

TEST(KnownBadTest, RereadingAfterATimeoutMissesWhatIsAppliedLate) {
  auto totals
    = try_store(known_bad::reread, std::vector<fault>{fault::apply_late});

  EXPECT_TRUE(convicted_of(totals, "R4"));
}

} // namespace
} // namespace obol::testing::internal
