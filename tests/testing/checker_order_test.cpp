#include <gtest/gtest.h>

#include "history_builder.hpp"

namespace obol::testing {

using namespace std::chrono_literals;

// -- A5: no write takes effect after its deadline -----------------------------

TEST(CheckerA5, ConvictsAWriteAfterItsDeadline) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  auto b = h.upsert(1, {a}, 20, 1'000, ec::outcome_unknown);
  h.get(1, {a}, 2'001, 2'010);
  h.get(1, {a, b}, 2'020, 2'030);
  EXPECT_EQ(h.broken(), rules{"A5"});
}

TEST(CheckerA5, ConvictsAFirstWriteAfterItsDeadline) {
  history_builder h;
  auto a = h.upsert(1, {}, 20, 1'000, ec::outcome_unknown);
  h.get_nothing(1, 2'001, 2'010);
  h.get(1, {a}, 2'020, 2'030);
  EXPECT_EQ(h.broken(), rules{"A5"});
}

TEST(CheckerA5, AcquitsAWriteThatMayHaveComeBeforeIt) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  auto b = h.upsert(1, {a}, 20, 1'000, ec::outcome_unknown);
  h.get(1, {a}, 2'000, 2'010);
  h.get(1, {a, b}, 60'020, 60'030);
  EXPECT_EQ(h.broken(), acquitted);
}

// -- R6: no read is older than what was known before it -----------------------

TEST(CheckerR6, ConvictsAStaleRead) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  h.upsert(1, {a}, 20, 30);
  h.get(1, {a}, 40, 50);
  EXPECT_EQ(h.broken(), rules{"R6"});
}

TEST(CheckerR6, AcquitsAReadThatBeganBeforeTheWriteEnded) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  h.upsert(1, {a}, 20, 30);
  h.get(1, {a}, 30, 50);
  EXPECT_EQ(h.broken(), acquitted);
}

TEST(CheckerR6, ConvictsAStaleList) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  h.upsert(1, {a}, 20, 30);
  h.get_all({{a}}, 40, 50);
  EXPECT_EQ(h.broken(), rules{"R6"});
}

TEST(CheckerR6, TakesAResolutionForAnAcknowledgement) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  auto b = h.upsert(1, {a}, 20, 30, ec::outcome_unknown);
  h.get(1, {a}, 40, 50);
  h.resolve(b, resolution::applied, 60, 70);
  EXPECT_EQ(h.broken(), acquitted);
  h.get(1, {a}, 80, 90);
  EXPECT_EQ(h.broken(), rules{"R6"});
}

// -- R7: the same between reads -----------------------------------------------

TEST(CheckerR7, ConvictsReadsThatGoBack) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  auto b = h.upsert(1, {a}, 20, 100, ec::outcome_unknown);
  h.get(1, {a, b}, 30, 40);
  h.get(1, {a}, 50, 60);
  EXPECT_EQ(h.broken(), rules{"R7"});
}

TEST(CheckerR7, AcquitsReadsThatOverlap) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  auto b = h.upsert(1, {a}, 20, 100, ec::outcome_unknown);
  h.get(1, {a, b}, 30, 50);
  h.get(1, {a}, 40, 60);
  EXPECT_EQ(h.broken(), acquitted);
}

TEST(CheckerR7, ConvictsASessionThatComesBack) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  h.remove(1, 20, 100, ec::outcome_unknown);
  h.get_nothing(1, 30, 40);
  h.get(1, {a}, 50, 60);
  EXPECT_EQ(h.broken(), rules{"R7"});
}

TEST(CheckerR7, AcquitsASessionThatIsRemovedLater) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  h.remove(1, 20, 30, ec::outcome_unknown);
  h.get(1, {a}, 40, 60);
  h.get_nothing(1, 50, 70);
  EXPECT_EQ(h.broken(), acquitted);
}

// To one clock it has expired, to another it has not.
TEST(CheckerR7, AcquitsASessionThatComesBackAtItsExpiry) {
  history_builder h;
  h.expire_at(2'000);
  auto a = h.upsert(1, {}, 0, 10);
  h.remove(1, 20, 100, ec::outcome_unknown);
  h.get_nothing(1, 1'500, 1'510);
  h.expire_at(60'000);
  auto b = h.upsert(1, {a}, 1'520, 1'530);
  h.get(1, {a, b}, 1'540, 1'550);
  EXPECT_EQ(h.broken(), acquitted);
}

// -- R8: a conflict has another writer ----------------------------------------

TEST(CheckerR8, ConvictsAConflictWithNobody) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  h.upsert(1, {a}, 20, 30, ec::conflict);
  EXPECT_EQ(h.broken(), rules{"R8"});
}

TEST(CheckerR8, ConvictsAFirstWriteInConflictWithNobody) {
  history_builder h;
  h.upsert(1, {}, 20, 30, ec::conflict);
  EXPECT_EQ(h.broken(), rules{"R8"});
}

TEST(CheckerR8, ConvictsAConflictWithOneThatCameLater) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  h.upsert(1, {a}, 20, 30, ec::conflict);
  h.upsert(1, {a}, 30, 40);
  EXPECT_EQ(h.broken(), rules{"R8"});
}

TEST(CheckerR8, ConvictsTwoThatLostAgainstEachOther) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  h.upsert(1, {a}, 20, 30, ec::conflict);
  h.upsert(1, {a}, 20, 30, ec::conflict);
  EXPECT_EQ(h.broken(), rules{"R8"});
}

TEST(CheckerR8, AcquitsAConflictWithAnotherWriter) {
  for (auto error : {std::optional<ec>{}, std::optional{ec::outcome_unknown}}) {
    history_builder h;
    auto a = h.upsert(1, {}, 0, 10);
    h.upsert(1, {a}, 20, 30, ec::conflict);
    h.upsert(1, {a}, 29, 40, error);
    EXPECT_EQ(h.broken(), acquitted);
  }
}

TEST(CheckerR8, AcquitsAConflictWithAVersionFarAhead) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  auto b = h.upsert(1, {a}, 20, 30);
  h.upsert(1, {a, b}, 40, 50);
  h.upsert(1, {a}, 60, 70, ec::conflict);
  EXPECT_EQ(h.broken(), acquitted);
}

TEST(CheckerR8, AcquitsAConflictOfAMadeUpVersion) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  h.upsert(1, {a}, 20, 30, ec::conflict);
  h.last().base = 7;
  EXPECT_EQ(h.broken(), acquitted);
}

// -- R9: what was removed stays removed ---------------------------------------

TEST(CheckerR9, ConvictsAResurrectedSession) {
  using removal = op_number (*)(history_builder&);
  for (auto remove : std::initializer_list<removal>{
         [](auto& h) { return h.remove(1, 20, 30); },
         [](auto& h) { return h.remove_all(20, 30); },
         [](auto& h) { return h.remove_others(2, 20, 30); },
         [](auto& h) { return h.revoke_before(1, 20, 30); },
       }) {
    history_builder h;
    auto a = h.upsert(1, {}, 0, 10);
    auto b = h.upsert(1, {a}, 11, 40, ec::outcome_unknown);
    remove(h);
    h.get(1, {a, b}, 50, 60);
    EXPECT_EQ(h.broken(), rules{"R9"}) << to_string(h[3]);
    h.last().what = operation::kind::get_all;
    EXPECT_EQ(h.broken(), rules{"R9"}) << to_string(h[3]);
  }
}

TEST(CheckerR9, ConvictsAnUpsertAcknowledgedAfterTheRemoval) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  h.remove(1, 20, 30);
  h.upsert(1, {a}, 40, 50);
  EXPECT_EQ(h.broken(), rules{"R9"});
}

TEST(CheckerR9, ConvictsALateFirstWrite) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 100, ec::outcome_unknown);
  h.remove(1, 20, 30);
  h.get(1, {a}, 40, 50);
  EXPECT_EQ(h.broken(), rules{"R9"});
}

TEST(CheckerR9, AcquitsALoginAfterTheTombstone) {
  history_builder h;
  h.remove(1, 20, 30);
  auto a = h.upsert(1, {}, 30'031, 30'040);
  h.get(1, {a}, 30'050, 30'060);
  EXPECT_EQ(h.broken(), acquitted);
}

TEST(CheckerR9, AcquitsAReadThatBeganBeforeTheRemovalEnded) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  h.remove(1, 20, 30);
  h.get(1, {a}, 30, 60);
  EXPECT_EQ(h.broken(), acquitted);
}

TEST(CheckerR9, AcquitsARemovalThatMayNotHaveHappened) {
  for (auto error : {ec::outcome_unknown, ec::refused, ec::unavailable}) {
    history_builder h;
    auto a = h.upsert(1, {}, 0, 10);
    h.remove(1, 20, 30, error);
    h.get(1, {a}, 40, 60);
    EXPECT_EQ(h.broken(), acquitted);
  }
}

TEST(CheckerR9, AcquitsALoginDuringARemovalOfTheSet) {
  using removal = op_number (*)(history_builder&);
  for (auto remove : std::initializer_list<removal>{
         [](auto& h) { return h.remove_all(10, 30); },
         [](auto& h) { return h.remove_others(2, 10, 30); },
         [](auto& h) { return h.revoke_before(1, 10, 30); },
       }) {
    history_builder h;
    auto a = h.upsert(1, {}, 0, 10);
    remove(h);
    h.get(1, {a}, 40, 50);
    EXPECT_EQ(h.broken(), acquitted) << to_string(h[2]);
  }
}

TEST(CheckerR9, AcquitsASessionTheRemovalSpares) {
  history_builder h;
  h.create_at(100);
  auto a = h.upsert(1, {}, 100, 110);
  h.remove_others(1, 120, 130);
  h.revoke_before(100, 120, 130);
  h.get(1, {a}, 140, 150);
  EXPECT_EQ(h.broken(), acquitted);
}

} // namespace obol::testing
