#include <gtest/gtest.h>

#include "history_builder.hpp"

namespace obol::testing {

const rules counted{"losses"};

/// What only a server that lost data does, with the loss at 35 ms in between.
struct loss_case {
  const char* name;
  void (*write)(history_builder&);
};

class CheckerLosses : public ::testing::TestWithParam<loss_case> {};

TEST_P(CheckerLosses, AreCountedAndNotHeldAgainstTheStore) {
  history_builder h;
  GetParam().write(h);
  EXPECT_NE(h.broken(), acquitted);
  EXPECT_EQ(h.broken().count("losses"), 0u);
  h.lose_data(35);
  EXPECT_EQ(h.broken(), counted);
}

TEST_P(CheckerLosses, AreNoExcuseForWhatCameAfter) {
  history_builder h;
  GetParam().write(h);
  auto before = h.broken();
  h.lose_data(-1);
  EXPECT_EQ(h.broken(), before);
}

TEST_P(CheckerLosses, AreNoExcuseForWhatCameBefore) {
  history_builder h;
  GetParam().write(h);
  auto before = h.broken();
  h.lose_data(1'000);
  EXPECT_EQ(h.broken(), before);
}

INSTANTIATE_TEST_SUITE_P(
  Rules, CheckerLosses,
  ::testing::Values(
    loss_case{"R1",
              [](history_builder& h) {
                auto a = h.upsert(1, {}, 0, 10);
                h.upsert(1, {a}, 20, 30);
                h.upsert(1, {a}, 40, 50);
              }},
    loss_case{"R1OfReads",
              [](history_builder& h) {
                auto a = h.upsert(1, {}, 0, 10);
                auto b = h.upsert(1, {a}, 20, 30, ec::outcome_unknown);
                auto c = h.upsert(1, {a}, 20, 30, ec::outcome_unknown);
                h.get(1, {a, b}, 31, 32);
                h.get(1, {a, c}, 40, 50);
              }},
    loss_case{"R2",
              [](history_builder& h) {
                auto a = h.upsert(1, {}, 0, 10);
                auto b = h.upsert(1, {a}, 20, 30, ec::outcome_unknown);
                auto c = h.upsert(1, {a}, 20, 30, ec::outcome_unknown);
                auto d = h.upsert(1, {a, c}, 20, 30, ec::outcome_unknown);
                h.get(1, {a, b}, 31, 32);
                h.get(1, {a, c, d}, 40, 50);
              }},
    loss_case{"R3",
              [](history_builder& h) {
                auto a = h.upsert(1, {}, 0, 10);
                h.upsert(1, {a}, 20, 30);
                auto c = h.upsert(1, {a}, 20, 30, ec::outcome_unknown);
                h.get(1, {a, c}, 40, 50);
              }},
    loss_case{"R6",
              [](history_builder& h) {
                auto a = h.upsert(1, {}, 0, 10);
                h.upsert(1, {a}, 20, 30);
                h.get(1, {a}, 40, 50);
              }},
    loss_case{"R6OfAbsence",
              [](history_builder& h) {
                h.upsert(1, {}, 0, 10);
                h.get_nothing(1, 40, 50);
              }},
    loss_case{"R6OfLists",
              [](history_builder& h) {
                h.upsert(1, {}, 0, 10);
                h.get_all({}, 40, 50);
              }},
    loss_case{"R6OfGone",
              [](history_builder& h) {
                auto a = h.upsert(1, {}, 0, 10);
                h.upsert(1, {a}, 40, 50, ec::gone);
              }},
    loss_case{"R7",
              [](history_builder& h) {
                auto a = h.upsert(1, {}, 0, 10);
                auto b = h.upsert(1, {a}, 20, 30, ec::outcome_unknown);
                h.get(1, {a, b}, 31, 32);
                h.get(1, {a}, 40, 50);
              }},
    loss_case{"R8",
              [](history_builder& h) {
                auto a = h.upsert(1, {}, 0, 10);
                auto b = h.upsert(1, {a}, 20, 30);
                h.upsert(1, {a, b}, 40, 50, ec::conflict);
              }},
    loss_case{"R9",
              [](history_builder& h) {
                auto a = h.upsert(1, {}, 0, 10);
                h.remove(1, 20, 30);
                h.get(1, {a}, 40, 50);
              }}),
  [](const auto& x) { return x.param.name; });

// -- what is never excused ----------------------------------------------------

TEST(CheckerLoss, DoesNotExcuseAnUpsertThatWasNeverSent) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  auto b = h.upsert(1, {a}, 20, 40, ec::unavailable);
  h.get(1, {a, b}, 50, 60);
  h.lose_data(35);
  EXPECT_EQ(h.broken(), rules{"R4"});
}

TEST(CheckerLoss, DoesNotExcuseAnUpsertDeniedAfterIt) {
  history_builder h;
  h.lose_data(-1);
  auto a = h.upsert(1, {}, 0, 10);
  auto b = h.upsert(1, {a}, 40, 50, ec::deadline_exceeded);
  h.get(1, {a, b}, 60, 70);
  EXPECT_EQ(h.broken(), rules{"R4"});
}

// The first copy was applied and seen; then it was lost, and the second found a
// store that was behind.
TEST(CheckerLoss, ExplainsAnUpsertThatWasAppliedAndThenDenied) {
  for (auto error :
       {ec::conflict, ec::deadline_exceeded, ec::session_expired}) {
    history_builder h;
    auto a = h.upsert(1, {}, 0, 10);
    auto b = h.upsert(1, {a}, 20, 50, error);
    h.get(1, {a, b}, 25, 30);
    h.lose_data(35);
    EXPECT_TRUE(check(h.all()).acquitted()) << to_string(error);
  }
}

TEST(CheckerLoss, ExplainsContradictingResolutions) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  auto b = h.upsert(1, {a}, 11, 12, ec::outcome_unknown);
  h.resolve(b, resolution::applied, 20, 30);
  h.resolve(b, resolution::not_applied, 40, 50);
  h.lose_data(35);
  EXPECT_EQ(h.broken(), acquitted);
}

// A copy of it was held up; what the other was in conflict with was lost.
TEST(CheckerLoss, ExplainsAnUpsertThatWasDeniedAndThenApplied) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  auto b = h.upsert(1, {a}, 20, 30, ec::conflict);
  h.last().deadline = history_builder::ms(100);
  h.upsert(1, {a}, 20, 30, ec::outcome_unknown);
  h.get(1, {a, b}, 40, 50);
  h.lose_data(35);
  EXPECT_EQ(h.broken(), acquitted);
}

// The store was behind its base, and caught up before the copy arrived.
TEST(CheckerLoss, ExplainsAnUpsertWhoseBaseWasLost) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  auto b = h.upsert(1, {a}, 20, 30);
  h.lose_data(35);
  auto c = h.upsert(1, {a, b}, 40, 50, ec::conflict);
  h.last().deadline = history_builder::ms(100);
  h.upsert(1, {a}, 60, 70);
  h.get(1, {a, b, c}, 80, 90);
  EXPECT_EQ(h.broken(), counted);
}

// Its lock version fits again, with another payload.
TEST(CheckerLoss, ExplainsAWriterWhoBuildsOnWhatWasLost) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  auto b = h.upsert(1, {a}, 20, 30);
  h.lose_data(35);
  auto c = h.upsert(1, {a}, 40, 50);
  h.get(1, {a, c}, 60, 70);
  auto d = h.upsert(1, {a, b}, 80, 90);
  h.get(1, {a, b, d}, 100, 110);
  EXPECT_EQ(h.broken(), counted);
}

TEST(CheckerLoss, DoesNotExcuseAnUpsertAppliedTwice) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  h.get(1, {a}, 40, 50);
  h.last().seen[0].version = 2;
  h.lose_data(35);
  EXPECT_EQ(h.broken(), rules{"R5"});
}

TEST(CheckerLoss, DoesNotExcuseAConflictOfAFirstWriteWithNobody) {
  history_builder h;
  h.upsert(1, {}, 40, 50, ec::conflict);
  h.lose_data(35);
  EXPECT_EQ(h.broken(), rules{"R8"});
}

// -- after a loss, everything begins afresh -----------------------------------

TEST(CheckerLoss, DoesNotHideAStaleReadAfterIt) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  auto b = h.upsert(1, {a}, 20, 30);
  h.upsert(1, {a, b}, 31, 32);
  h.lose_data(35);
  h.get(1, {a, b}, 40, 50);
  h.get(1, {a}, 60, 70);
  EXPECT_EQ(h.broken(), (rules{"R7", "losses"}));
}

TEST(CheckerLoss, DoesNotHideAForkAfterIt) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  auto b = h.upsert(1, {a}, 20, 30, ec::outcome_unknown);
  auto c = h.upsert(1, {a}, 20, 30, ec::outcome_unknown);
  auto d = h.upsert(1, {a, b}, 20, 30, ec::outcome_unknown);
  h.get(1, {a, b, d}, 31, 32);
  h.lose_data(35);
  h.get(1, {a, b}, 40, 50);
  h.get(1, {a, c}, 40, 50);
  EXPECT_EQ(h.broken(), (rules{"R1", "losses"}));
}

TEST(CheckerLoss, DoesNotHideARemovalAfterIt) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  h.remove(1, 20, 30);
  h.lose_data(35);
  h.get(1, {a}, 40, 50);
  h.remove(1, 60, 70);
  h.get(1, {a}, 80, 90);
  EXPECT_EQ(h.broken(), (rules{"R9", "losses"}));
}

TEST(CheckerLoss, IsCountedOnceForEachSession) {
  history_builder h;
  h.upsert(1, {}, 0, 10);
  h.upsert(2, {}, 0, 10);
  h.lose_data(35);
  for (int i = 40; i < 100; i += 10) {
    h.get_all({}, i, i + 5);
    h.get_nothing(1, i, i + 5);
  }
  auto verdict = check(h.all());
  EXPECT_EQ(verdict.counted_losses, 2u);
  EXPECT_TRUE(verdict.acquitted());
}

TEST(CheckerLoss, LetsTheSameVersionBeWrittenAgain) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  h.upsert(1, {a}, 20, 30);
  h.lose_data(35);
  h.get(1, {a}, 40, 50);
  auto c = h.upsert(1, {a}, 60, 70);
  auto d = h.upsert(1, {a, c}, 80, 90);
  h.get(1, {a, c, d}, 100, 110);
  EXPECT_EQ(h.broken(), counted);
}

} // namespace obol::testing
