#include <gtest/gtest.h>

#include "history_builder.hpp"

namespace obol::testing {

using namespace std::chrono_literals;
using kind = operation::kind;

// -- A1: every request is answered exactly once -------------------------------

TEST(CheckerA1, ConvictsARequestWithoutAnswer) {
  history_builder h;
  h.other(0, 10);
  h.last().answers = 0;
  EXPECT_EQ(h.broken(), rules{"A1"});
}

TEST(CheckerA1, ConvictsASecondAnswer) {
  history_builder h;
  h.upsert(1, {}, 0, 10);
  h.last().answers = 2;
  EXPECT_EQ(h.broken(), rules{"A1"});
}

TEST(CheckerA1, AcquitsARequestWhoseClientDied) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  h.last().answers = 0;
  h.last().abandoned = true;
  h.get_nothing(1, 20, 30);
  h.get(1, {a}, 40, 50);
  EXPECT_EQ(h.broken(), acquitted);
}

// -- A2: by its deadline plus a tick ------------------------------------------

TEST(CheckerA2, ConvictsAnAnswerAfterTheTick) {
  history_builder h;
  h.other(0, 10);
  h.last().deadline = 10ms - 20ms - 1ns;
  EXPECT_EQ(h.broken(), rules{"A2"});
}

TEST(CheckerA2, AcquitsAnAnswerWithinTheTick) {
  history_builder h;
  h.other(0, 10);
  h.last().deadline = 10ms - 20ms;
  EXPECT_EQ(h.broken(), acquitted);
}

TEST(CheckerA2, LetsTheWorldSetTheTick) {
  history_builder h;
  h.other(0, 100);
  h.last().deadline = 50ms;
  h.all().tick = 50ms;
  EXPECT_EQ(h.broken(), acquitted);
}

// -- A4: a removal counts no sessions that were never there -------------------

TEST(CheckerA4, ConvictsARemovalOfWhatNobodyWrote) {
  history_builder h;
  h.remove(1, 0, 10);
  h.last().count = 1;
  h.upsert(1, {}, 20, 30, ec::gone);
  EXPECT_EQ(h.broken(), rules{"A4"});
}

TEST(CheckerA4, ConvictsOneSessionCountedTwice) {
  history_builder h;
  h.upsert(1, {}, 0, 10);
  h.remove_all(20, 30);
  h.last().count = 2;
  EXPECT_EQ(h.broken(), rules{"A4"});
}

TEST(CheckerA4, AcquitsARemovalOfWhatIsBeingWritten) {
  history_builder h;
  h.upsert(1, {}, 0, 30, ec::outcome_unknown);
  h.remove(1, 10, 20);
  h.last().count = 1;
  EXPECT_EQ(h.broken(), acquitted);
}

TEST(CheckerA4, AcquitsARepeatedRemovalThatFindsNothing) {
  history_builder h;
  h.upsert(1, {}, 0, 10);
  h.upsert(2, {}, 0, 10);
  h.remove_all(20, 30);
  h.last().count = 2;
  h.remove_all(40, 50);
  EXPECT_EQ(h.broken(), acquitted);
}

// -- R0: no outcome is outside the specification ------------------------------

TEST(CheckerR0, ConvictsAForeignError) {
  history_builder h;
  h.other(0, 10);
  h.last().foreign_error = true;
  EXPECT_EQ(h.broken(), rules{"R0"});
}

TEST(CheckerR0, ConvictsErrorsThatARequestCannotMeet) {
  for (auto [what, error] : {
         std::pair{kind::get, ec::conflict},
         std::pair{kind::get, ec::outcome_unknown},
         std::pair{kind::get_all, ec::gone},
         std::pair{kind::remove, ec::gone},
         std::pair{kind::remove_all, ec::session_expired},
         std::pair{kind::resolve, ec::outcome_unknown},
         std::pair{kind::other, ec::conflict},
       }) {
    history_builder h;
    h.other(0, 10);
    h.last().what = what;
    h.last().session = 1;
    h.last().error = error;
    EXPECT_EQ(h.broken(), rules{"R0"}) << to_string(what) << to_string(error);
  }
}

TEST(CheckerR0, AcquitsErrorsThatEveryRequestMayMeet) {
  for (auto error : {ec::unavailable, ec::overloaded, ec::deadline_exceeded,
                     ec::shutting_down, ec::refused, ec::misconfigured,
                     ec::invalid_argument})
    for (auto what : {kind::get, kind::upsert, kind::remove, kind::get_all,
                      kind::resolve, kind::other}) {
      history_builder h;
      h.other(0, 10);
      h.last().what = what;
      h.last().session = 1;
      h.last().error = error;
      EXPECT_EQ(h.broken(), acquitted) << to_string(what) << to_string(error);
    }
}

// -- R10: after the last fault requests succeed again -------------------------

TEST(CheckerR10, ConvictsAFailureAfterTheLastFault) {
  history_builder h;
  h.all().quiet_since = 10ms;
  h.upsert(1, {}, 20, 30, ec::unavailable);
  h.last().must_succeed = true;
  EXPECT_EQ(h.broken(), rules{"R10"});
}

TEST(CheckerR10, AcquitsAFailureWhileFaultsGoOn) {
  history_builder h;
  h.all().quiet_since = 21ms;
  h.upsert(1, {}, 20, 30, ec::unavailable);
  h.last().must_succeed = true;
  EXPECT_EQ(h.broken(), acquitted);
}

TEST(CheckerR10, AcquitsAFailureThatTheWorkloadProvoked) {
  history_builder h;
  h.all().quiet_since = 10ms;
  h.upsert(1, {}, 20, 30, ec::invalid_argument);
  EXPECT_EQ(h.broken(), acquitted);
}

// -- the report ---------------------------------------------------------------

TEST(CheckerReport, NamesTheOperations) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  h.remove(1, 20, 30);
  auto b = h.get(1, {a}, 40, 50);
  auto found = check(h.all()).violations.at(0);
  EXPECT_EQ(found.operations, (std::vector<op_number>{a, 2, b}));
  EXPECT_EQ(to_string(found),
            "R9: a session was there after it had been removed\n"
            "  #1 client 1 0.000000 - 0.010000 upsert session 1 from version 0:"
            " ok, session 1 version 1 [1]\n"
            "  #2 client 1 0.020000 - 0.030000 remove session 1: 0 removed\n"
            "  #3 client 1 0.040000 - 0.050000 get session 1:"
            " session 1 version 1 [1]");
}

TEST(CheckerReport, ReportsAFewOfMany) {
  history_builder h;
  for (int i = 0; i < 100; ++i) {
    h.other(i, i + 1);
    h.last().answers = 0;
  }
  auto verdict = check(h.all());
  EXPECT_EQ(verdict.found, 100u);
  EXPECT_EQ(verdict.violations.size(), reported_per_rule);
}

TEST(CheckerReport, CountsWhatTheHistoryHolds) {
  history_builder h;
  auto a = h.upsert(1, {}, 0, 10);
  h.upsert(1, {a}, 20, 30, ec::outcome_unknown);
  h.upsert(1, {a}, 20, 30, ec::unavailable);
  h.get(1, {a}, 40, 50);
  h.remove(1, 60, 70);
  auto counts = check(h.all()).counts;
  EXPECT_EQ(counts.operations, 5u);
  EXPECT_EQ(counts.failed, 2u);
  EXPECT_EQ(counts.sessions, 1u);
  EXPECT_EQ(counts.sightings, 1u);
  EXPECT_EQ(counts.upserts_applied, 1u);
  EXPECT_EQ(counts.upserts_not_applied, 1u);
  EXPECT_EQ(counts.upserts_in_doubt, 1u);
  EXPECT_EQ(counts.removals, 1u);
}

TEST(UniqueMoments, NeverRepeat) {
  unique_moments x;
  EXPECT_EQ(x.next(0ns), 0ns);
  EXPECT_EQ(x.next(0ns), 1ns);
  EXPECT_EQ(x.next(5ns), 5ns);
  EXPECT_EQ(x.next(4ns), 6ns);
}

} // namespace obol::testing
