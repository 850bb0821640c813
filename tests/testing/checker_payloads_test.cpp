#include <gtest/gtest.h>

#include "history_builder.hpp"

namespace obol::testing {

using namespace std::chrono_literals;

// -- A3: no reply goes to another request -------------------------------------

TEST(CheckerA3, ConvictsTheReplyToAnotherGet) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  auto b = h.upsert(2, {}, 0, 10);
  h.get(1, {b}, 20, 30);
  h.get(2, {a}, 20, 30);
  EXPECT_EQ(h.broken(), rules{"A3"});
}

TEST(CheckerA3, AcquitsTheReplyToThisGet) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  auto b = h.upsert(2, {}, 0, 10);
  h.get(1, {a}, 20, 30);
  h.get(2, {b}, 20, 30);
  EXPECT_EQ(h.broken(), acquitted);
}

TEST(CheckerA3, ConvictsAnotherSet) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  h.get(1, {a}, 20, 30);
  h.last().seen[0].set = 2;
  EXPECT_EQ(h.broken(), rules{"A3"});
}

TEST(CheckerA3, ConvictsASessionListedTwice) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  h.get_all({{a}, {a}}, 20, 30);
  EXPECT_EQ(h.broken(), rules{"A3"});
}

TEST(CheckerA3, ConvictsASessionThatIsNoneOfOurs) {
  for (std::uint32_t session : {0u, 4711u}) {
    history_builder h;
    auto a = h.upsert(1, {}, 0, 10, ec::outcome_unknown);
    h.get_all({{a}}, 20, 30);
    h.last().seen[0].session = session;
    EXPECT_EQ(h.broken(), rules{"A3"});
  }
}

TEST(CheckerA3, ConvictsAnUpsertAnsweredWithAnotherVersion) {
  history_builder h;
  h.upsert(1, {}, 0, 10);
  h.last().seen[0].version = 2;
  EXPECT_EQ(h.broken(), rules{"A3"});
}

TEST(CheckerA3, ConvictsAnUpsertAnsweredWithAnotherSession) {
  history_builder h;
  h.upsert(1, {}, 0, 10);
  h.upsert(2, {}, 0, 10);
  std::swap(h[1].seen, h[2].seen);
  EXPECT_EQ(h.broken(), rules{"A3"});
}

TEST(CheckerA3, ConvictsAPayloadThatNobodyWrote) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  auto b = h.upsert(1, {a}, 20, 30);
  h.get(1, {a, b}, 25, 35);
  h.last().seen[0].chain = {b};
  EXPECT_EQ(h.broken(), rules{"A3"});
}

TEST(CheckerA3, ConvictsAnExpiryThatNobodyWrote) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  h.get(1, {a}, 5, 35);
  h.last().seen[0].expires_at = 1h;
  EXPECT_EQ(h.broken(), rules{"A3"});
}

// -- R4: what was reported as not applied is not there ------------------------

class CheckerR4 : public ::testing::TestWithParam<ec> {};

TEST_P(CheckerR4, ConvictsADeniedUpsertThatIsThere) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  auto b = h.upsert(1, {a}, 20, 30, GetParam());
  // Takes the slot, so that a conflict has a reason.
  h.upsert(1, {a}, 20, 25, ec::outcome_unknown);
  // And may have removed it, so that it may be gone.
  h.remove(1, 20, 30, ec::outcome_unknown);
  h.get(1, {a, b}, 20, 50);
  EXPECT_EQ(h.broken(), rules{"R4"});
}

TEST_P(CheckerR4, AcquitsADeniedUpsertThatIsNotThere) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  h.upsert(1, {a}, 20, 30, GetParam());
  auto c = h.upsert(1, {a}, 20, 25);
  h.remove(1, 20, 30, ec::outcome_unknown);
  h.get(1, {a, c}, 20, 50);
  EXPECT_EQ(h.broken(), acquitted);
}

INSTANTIATE_TEST_SUITE_P(
  NotApplied, CheckerR4,
  ::testing::Values(ec::conflict, ec::gone, ec::session_expired,
                    ec::unavailable, ec::overloaded, ec::deadline_exceeded,
                    ec::shutting_down, ec::refused, ec::misconfigured,
                    ec::invalid_argument),
  [](const auto& x) { return to_string(x.param); });

TEST(CheckerR4, AcquitsAnUnknownUpsertThatIsThereLater) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  auto b = h.upsert(1, {a}, 20, 30, ec::outcome_unknown);
  h.get(1, {a}, 40, 50);
  h.get(1, {a, b}, 60, 70);
  EXPECT_EQ(h.broken(), acquitted);
}

TEST(CheckerR4, BelievesAResolutionThatItWasNotApplied) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  auto b = h.upsert(1, {a}, 20, 30, ec::outcome_unknown);
  h.get(1, {a, b}, 40, 50);
  h.resolve(b, resolution::unknown, 60, 70);
  EXPECT_EQ(h.broken(), acquitted);
  h.resolve(b, resolution::not_applied, 80, 90);
  EXPECT_EQ(h.broken(), rules{"R4"});
}

TEST(CheckerR4, ConvictsContradictingResolutions) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10, ec::outcome_unknown);
  h.resolve(a, resolution::applied, 60, 70);
  h.resolve(a, resolution::not_applied, 80, 90);
  EXPECT_EQ(h.broken(), rules{"R4"});
}

// There is no session any more, and that is all that counts.
TEST(CheckerR4, AcquitsAFirstWriteCalledNotAppliedAfterItExpired) {
  history_builder h;
  h.expire_at(5'000);
  auto a = h.upsert(1, {}, 0, 10, ec::outcome_unknown);
  h.get(1, {a}, 20, 30);
  h.resolve(a, resolution::not_applied, 5'000, 5'010);
  EXPECT_EQ(h.broken(), acquitted);
}

TEST(CheckerR4, AcquitsAFirstWriteCalledNotAppliedAfterALaterVersionExpired) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10, ec::outcome_unknown);
  h.get(1, {a}, 20, 30);
  h.expire_at(5'000);
  h.upsert(1, {a}, 40, 50);
  h.resolve(a, resolution::not_applied, 5'000, 5'010);
  EXPECT_EQ(h.broken(), acquitted);
}

TEST(CheckerR4, ConvictsAFirstWriteCalledNotAppliedWhileItLives) {
  history_builder h;
  h.expire_at(5'000);
  auto a = h.upsert(1, {}, 0, 10, ec::outcome_unknown);
  h.get(1, {a}, 20, 30);
  h.resolve(a, resolution::not_applied, 3'000, 3'010);
  EXPECT_EQ(h.broken(), rules{"R4"});
}

// -- R5: an upsert is applied once, as the version it was meant to be ---------

TEST(CheckerR5, ConvictsAnUpsertAppliedTwice) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  auto b = h.upsert(1, {a}, 20, 30);
  h.get(1, {a, b}, 40, 50);
  h.last().seen[0].version = 3;
  EXPECT_EQ(h.broken(), rules{"R5"});
}

TEST(CheckerR5, ConvictsAPayloadThatHoldsAnUpsertTwice) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  auto b = h.upsert(1, {a, a}, 20, 30);
  h.get(1, {a, a, b}, 40, 50);
  EXPECT_EQ(h.broken(), rules{"R5"});
}

TEST(CheckerR5, AcquitsAnUpsertAppliedOnce) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  auto b = h.upsert(1, {a}, 20, 30);
  auto c = h.upsert(1, {a, b}, 40, 50);
  h.get(1, {a, b, c}, 60, 70);
  EXPECT_EQ(h.broken(), acquitted);
}

// -- R11: no read shows what has expired --------------------------------------

TEST(CheckerR11, ConvictsAReadOfAnExpiredSession) {
  history_builder h;
  h.expire_at(1'000);
  auto a = h.upsert(1, {}, 0, 10);
  h.get(1, {a}, 2'001, 2'010);
  EXPECT_EQ(h.broken(), rules{"R11"});
}

TEST(CheckerR11, ConvictsAListWithAnExpiredSession) {
  history_builder h;
  h.expire_at(1'000);
  auto a = h.upsert(1, {}, 0, 10);
  h.get_all({{a}}, 2'001, 2'010);
  EXPECT_EQ(h.broken(), rules{"R11"});
}

TEST(CheckerR11, AcquitsAReadWhoseClockIsBehind) {
  history_builder h;
  h.expire_at(1'000);
  auto a = h.upsert(1, {}, 0, 10);
  h.get(1, {a}, 2'000, 2'010);
  EXPECT_EQ(h.broken(), acquitted);
}

TEST(CheckerR11, AcquitsAReadThatBeganBeforeTheExpiry) {
  history_builder h;
  h.expire_at(1'000);
  auto a = h.upsert(1, {}, 0, 10);
  h.get(1, {a}, 900, 5'000);
  EXPECT_EQ(h.broken(), acquitted);
}

} // namespace obol::testing
