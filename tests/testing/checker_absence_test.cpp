#include <gtest/gtest.h>

#include "history_builder.hpp"

namespace obol::testing {

// -- R6: nothing is absent without a reason -----------------------------------

TEST(CheckerR6, ConvictsASessionThatIsMissingWithoutReason) {
  history_builder h;
  h.upsert(1, {}, 0, 10);
  h.get_nothing(1, 20, 30);
  EXPECT_EQ(h.broken(), rules{"R6"});
}

TEST(CheckerR6, ConvictsAGoneWithoutReason) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  h.upsert(1, {a}, 20, 30, ec::gone);
  EXPECT_EQ(h.broken(), rules{"R6"});
}

TEST(CheckerR6, ConvictsAListThatLacksASession) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  h.upsert(2, {}, 0, 10);
  h.get_all({{a}}, 20, 30);
  EXPECT_EQ(h.broken(), rules{"R6"});
}

TEST(CheckerR6, ConvictsARemovalOfAnotherSession) {
  history_builder h;
  h.upsert(1, {}, 0, 10);
  h.upsert(2, {}, 0, 10);
  h.remove(2, 20, 30);
  h.get_nothing(1, 40, 50);
  EXPECT_EQ(h.broken(), rules{"R6"});
}

TEST(CheckerR6, ConvictsARemovalOfTheSessionToKeep) {
  history_builder h;
  h.upsert(1, {}, 0, 10);
  h.remove_others(1, 20, 30);
  h.get_nothing(1, 40, 50);
  EXPECT_EQ(h.broken(), rules{"R6"});
}

TEST(CheckerR6, ConvictsARevocationOfAYoungSession) {
  history_builder h;
  h.create_at(100);
  h.upsert(1, {}, 100, 110);
  h.revoke_before(100, 120, 130);
  h.get_nothing(1, 140, 150);
  EXPECT_EQ(h.broken(), rules{"R6"});
}

TEST(CheckerR6, ConvictsARemovalThatWasCalledUnsent) {
  for (auto error : {ec::unavailable, ec::overloaded, ec::deadline_exceeded,
                     ec::invalid_argument}) {
    history_builder h;
    h.upsert(1, {}, 0, 10);
    h.remove(1, 20, 30, error);
    h.get_nothing(1, 40, 50);
    EXPECT_EQ(h.broken(), rules{"R6"}) << to_string(error);
  }
}

TEST(CheckerR6, AcquitsAbsenceThatARemovalExplains) {
  using removal = op_number (*)(history_builder&);
  for (auto remove : std::initializer_list<removal>{
         [](auto& h) { return h.remove(1, 20, 30); },
         [](auto& h) { return h.remove(1, 49, 90); },
         [](auto& h) { return h.remove(1, 20, 30, ec::outcome_unknown); },
         [](auto& h) { return h.remove(1, 20, 30, ec::refused); },
         [](auto& h) { return h.remove(1, 20, 30, ec::shutting_down); },
         [](auto& h) { return h.remove_all(20, 30); },
         [](auto& h) { return h.remove_all(20, 30, ec::outcome_unknown); },
         [](auto& h) { return h.remove_others(2, 20, 30); },
         [](auto& h) { return h.revoke_before(1, 20, 30); },
       }) {
    history_builder h;
    auto a = h.upsert(1, {}, 0, 10);
    remove(h);
    h.get_nothing(1, 40, 50);
    h.get_all({}, 40, 50);
    h.upsert(1, {a}, 40, 50, ec::gone);
    EXPECT_EQ(h.broken(), acquitted) << to_string(h[2]);
  }
}

TEST(CheckerR6, ConvictsARemovalInvokedAfterTheAbsence) {
  history_builder h;
  h.upsert(1, {}, 0, 10);
  h.get_nothing(1, 20, 30);
  h.remove(1, 30, 40);
  EXPECT_EQ(h.broken(), rules{"R6"});
}

TEST(CheckerR6, ConvictsARemovalOfTheSetLongBefore) {
  history_builder h;
  h.remove_all(0, 10);
  h.upsert(1, {}, 40'000, 40'010);
  h.get_nothing(1, 40'020, 40'030);
  EXPECT_EQ(h.broken(), rules{"R6"});
}

// A copy of it may have been held up on the way.
TEST(CheckerR6, AcquitsARemovalOfTheSetShortlyBefore) {
  history_builder h;
  h.remove_all(0, 10'000);
  h.upsert(1, {}, 40'000, 40'010);
  h.get_nothing(1, 40'020, 40'030);
  EXPECT_EQ(h.broken(), acquitted);
}

TEST(CheckerR6, AcquitsAbsenceThatExpiryExplains) {
  history_builder h;
  h.expire_at(2'000);
  auto a = h.upsert(1, {}, 0, 10);
  h.get_nothing(1, 990, 1'000);
  h.get_all({}, 990, 1'000);
  h.upsert(1, {a}, 990, 1'000, ec::gone);
  EXPECT_EQ(h.broken(), acquitted);
}

TEST(CheckerR6, ConvictsAbsenceBeforeTheExpiry) {
  history_builder h;
  h.expire_at(2'000);
  h.upsert(1, {}, 0, 10);
  h.get_nothing(1, 990, 999);
  EXPECT_EQ(h.broken(), rules{"R6"});
}

TEST(CheckerR6, ConvictsAbsenceAfterTheExpiryWasPutOff) {
  history_builder h;
  h.expire_at(2'000);
  auto a = h.upsert(1, {}, 0, 10);
  h.expire_at(60'000);
  h.upsert(1, {a}, 20, 30);
  h.get_nothing(1, 3'000, 3'010);
  EXPECT_EQ(h.broken(), rules{"R6"});
}

TEST(CheckerR6, AcquitsAbsenceBeforeTheFirstWriteIsKnown) {
  history_builder h;
  h.get_nothing(1, 0, 5);
  h.upsert(1, {}, 10, 20);
  h.upsert(2, {}, 10, 20, ec::outcome_unknown);
  h.get_nothing(1, 20, 30);
  h.get_nothing(2, 40, 50);
  EXPECT_EQ(h.broken(), acquitted);
}

} // namespace obol::testing
