#include <gtest/gtest.h>

#include "history_builder.hpp"

namespace obol::testing {

// -- R1: one acknowledged upsert, and one payload, for each version -----------

TEST(CheckerR1, ConvictsTwoAcknowledgedUpsertsOfOneVersion) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  h.upsert(1, {a}, 20, 30);
  h.upsert(1, {a}, 20, 30);
  EXPECT_EQ(h.broken(), rules{"R1"});
}

TEST(CheckerR1, AcquitsTheWinnerAndTheLoser) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  h.upsert(1, {a}, 20, 30);
  h.upsert(1, {a}, 20, 30, ec::conflict);
  EXPECT_EQ(h.broken(), acquitted);
}

TEST(CheckerR1, TakesAResolutionForAnAcknowledgement) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  auto b = h.upsert(1, {a}, 20, 30, ec::outcome_unknown);
  h.upsert(1, {a}, 20, 30);
  EXPECT_EQ(h.broken(), acquitted);
  h.resolve(b, resolution::applied, 40, 50);
  EXPECT_EQ(h.broken(), rules{"R1"});
}

TEST(CheckerR1, ConvictsTwoPayloadsOfOneVersion) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  auto b = h.upsert(1, {a}, 20, 30, ec::outcome_unknown);
  auto c = h.upsert(1, {a}, 20, 30, ec::outcome_unknown);
  h.get(1, {a, b}, 40, 50);
  h.get(1, {a, c}, 40, 50);
  EXPECT_EQ(h.broken(), rules{"R1"});
}

TEST(CheckerR1, AcquitsOnePayloadReadOften) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  auto b = h.upsert(1, {a}, 20, 30, ec::outcome_unknown);
  h.upsert(1, {a}, 20, 30, ec::outcome_unknown);
  h.get(1, {a, b}, 40, 50);
  h.get_all({{a, b}}, 40, 50);
  EXPECT_EQ(h.broken(), acquitted);
}

// -- R2: every payload read is a beginning of the longest ---------------------

TEST(CheckerR2, ConvictsAForkedChain) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  auto b = h.upsert(1, {a}, 20, 30, ec::outcome_unknown);
  auto c = h.upsert(1, {a}, 20, 30, ec::outcome_unknown);
  auto d = h.upsert(1, {a, c}, 20, 30, ec::outcome_unknown);
  h.get(1, {a, b}, 40, 50);
  h.get(1, {a, c, d}, 60, 70);
  EXPECT_EQ(h.broken(), rules{"R2"});
}

TEST(CheckerR2, ConvictsAForkBelowTheLongest) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  auto b = h.upsert(1, {a}, 20, 30, ec::outcome_unknown);
  auto c = h.upsert(1, {a}, 20, 30, ec::outcome_unknown);
  auto d = h.upsert(1, {a, c}, 20, 30, ec::outcome_unknown);
  h.get(1, {a, c, d}, 40, 50);
  h.get(1, {a, b}, 40, 60);
  EXPECT_EQ(h.broken(), rules{"R2"});
}

TEST(CheckerR2, AcquitsAGrowingChain) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  auto b = h.upsert(1, {a}, 20, 30, ec::outcome_unknown);
  auto d = h.upsert(1, {a, b}, 20, 30, ec::outcome_unknown);
  h.get(1, {a}, 0, 50);
  h.get(1, {a, b}, 40, 50);
  h.get(1, {a, b, d}, 40, 50);
  EXPECT_EQ(h.broken(), acquitted);
}

TEST(CheckerR2, KeepsSessionsApart) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  auto b = h.upsert(2, {}, 0, 10);
  auto c = h.upsert(2, {b}, 20, 30);
  h.get(1, {a}, 40, 50);
  h.get(2, {b, c}, 40, 50);
  EXPECT_EQ(h.broken(), acquitted);
}

// -- R3: what was acknowledged stays ------------------------------------------

TEST(CheckerR3, ConvictsALostUpdate) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  h.upsert(1, {a}, 20, 30);
  auto c = h.upsert(1, {a}, 20, 30, ec::outcome_unknown);
  h.get(1, {a, c}, 40, 50);
  EXPECT_EQ(h.broken(), rules{"R3"});
}

TEST(CheckerR3, ConvictsALostUpdateFoundLater) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  h.upsert(1, {a}, 20, 30);
  auto c = h.upsert(1, {a}, 20, 30, ec::outcome_unknown);
  auto d = h.upsert(1, {a, c}, 40, 50);
  h.get(1, {a, c, d}, 60, 70);
  EXPECT_EQ(h.broken(), rules{"R3"});
}

TEST(CheckerR3, ConvictsALostUpdateThatAWriterBuiltUpon) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  h.upsert(1, {a}, 20, 30);
  auto c = h.upsert(1, {a}, 20, 30, ec::outcome_unknown);
  h.upsert(1, {a, c}, 40, 50);
  EXPECT_EQ(h.broken(), rules{"R3"});
}

TEST(CheckerR3, AcquitsAnUpdateThatStays) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  auto b = h.upsert(1, {a}, 20, 30);
  h.upsert(1, {a}, 20, 30, ec::outcome_unknown);
  auto d = h.upsert(1, {a, b}, 40, 50);
  h.get(1, {a, b, d}, 60, 70);
  EXPECT_EQ(h.broken(), acquitted);
}

} // namespace obol::testing
