#include "obol/internal/call_fate.hpp"

#include <caf/sec.hpp>
#include <gtest/gtest.h>

namespace obol::test {
namespace {

using internal::call_fate;
using internal::call_kind;
using action = call_fate::action;

caf::error failure(ec code) {
  return caf::make_error(code, std::string{"for a test"});
}

resolution_token token() {
  return {{"sid", 426, "full"}, 3, "0123456789abcdef", 1'000};
}

TEST(CallFateTest, SuccessAndDecisionsOfTheStoreAreDelivered) {
  for (auto kind : {call_kind::read, call_kind::remove, call_kind::upsert}) {
    call_fate x{kind};
    EXPECT_EQ(x.on_answer({}), action::deliver);
    for (auto code : {ec::conflict, ec::gone, ec::session_expired, ec::refused,
                      ec::deadline_exceeded, ec::invalid_argument})
      EXPECT_EQ(x.on_answer(failure(code)), action::deliver) << to_string(code);
  }
}

TEST(CallFateTest, NodeThatCannotServeIsFollowedByAnother) {
  for (auto code : {ec::unavailable, ec::overloaded, ec::misconfigured}) {
    call_fate x{call_kind::upsert};
    EXPECT_EQ(x.on_answer(failure(code)), action::try_another);
    EXPECT_FALSE(x.in_doubt());
    EXPECT_TRUE(x.ends_without_nodes());
    EXPECT_EQ(code_of(x.last_answer(token())), code);
  }
}

TEST(CallFateTest, NodesThatStopAreWaitedForLikeThoseThatAreGone) {
  call_fate x{call_kind::upsert};
  EXPECT_EQ(x.on_answer(failure(ec::shutting_down)), action::try_another);
  EXPECT_FALSE(x.in_doubt());
  EXPECT_FALSE(x.ends_without_nodes());
  EXPECT_EQ(code_of(x.on_end(failure(ec::deadline_exceeded), false, token())),
            ec::deadline_exceeded);
}

TEST(CallFateTest, RefusalIsToldThoughAnotherNodeStops) {
  call_fate x{call_kind::upsert};
  x.on_answer(failure(ec::overloaded));
  x.on_answer(failure(ec::shutting_down));
  EXPECT_TRUE(x.ends_without_nodes());
  EXPECT_EQ(code_of(x.last_answer(token())), ec::overloaded);
}

TEST(CallFateTest, LostReadIsAskedForAgain) {
  call_fate x{call_kind::read};
  EXPECT_EQ(x.on_lost(false), action::try_another);
  EXPECT_FALSE(x.in_doubt());
  EXPECT_FALSE(x.ends_without_nodes());
  EXPECT_EQ(code_of(x.on_end(failure(ec::deadline_exceeded), true, {})),
            ec::deadline_exceeded);
}

TEST(CallFateTest, LostUpsertIsInDoubtAndSaysSoAtTheEnd) {
  call_fate x{call_kind::upsert};
  EXPECT_EQ(x.on_lost(true), action::try_another);
  EXPECT_TRUE(x.in_doubt());
  // Nodes that cannot serve now may do so before the deadline.
  EXPECT_EQ(x.on_answer(failure(ec::unavailable)), action::try_another);
  EXPECT_FALSE(x.ends_without_nodes());

  auto last = x.on_end(failure(ec::deadline_exceeded), false, token());
  EXPECT_EQ(code_of(last), ec::outcome_unknown);
  ASSERT_TRUE(token_of(last));
  EXPECT_EQ(token_of(last)->operation_id, token().operation_id);
}

TEST(CallFateTest, LostUpsertIsNotSentTwiceWhereCopiesAreNotRecognised) {
  call_fate x{call_kind::upsert};
  EXPECT_EQ(x.on_lost(false), action::deliver);
  EXPECT_EQ(code_of(x.last_answer(token())), ec::outcome_unknown);
}

TEST(CallFateTest, LostDeleteIsRepeatedAndCarriesNoToken) {
  call_fate x{call_kind::remove};
  EXPECT_EQ(x.on_lost(false), action::try_another);
  auto last = x.on_end(failure(ec::deadline_exceeded), false, {});
  EXPECT_EQ(code_of(last), ec::outcome_unknown);
  EXPECT_FALSE(token_of(last));
}

TEST(CallFateTest, LateOrRefusedCopyOfALostDeleteSettlesNoDoubt) {
  for (auto code : {ec::deadline_exceeded, ec::refused}) {
    call_fate x{call_kind::remove};
    x.on_lost(false);
    EXPECT_EQ(x.on_answer(failure(code)), action::try_another);
    EXPECT_EQ(code_of(x.on_end(failure(ec::deadline_exceeded), false, {})),
              ec::outcome_unknown);
  }
  // Where it is no copy, it was not carried out.
  call_fate first{call_kind::remove};
  EXPECT_EQ(first.on_answer(failure(ec::deadline_exceeded)), action::deliver);
}

TEST(CallFateTest, WriteThatMayBeSentAtItsDeadlineIsInDoubt) {
  call_fate sent{call_kind::upsert};
  EXPECT_EQ(code_of(sent.on_end(failure(ec::deadline_exceeded), true, token())),
            ec::outcome_unknown);
  call_fate waits{call_kind::upsert};
  EXPECT_EQ(
    code_of(waits.on_end(failure(ec::deadline_exceeded), false, token())),
    ec::deadline_exceeded);
}

TEST(CallFateTest, NodesDoubtIsAskedAboutAtAnother) {
  call_fate x{call_kind::upsert};
  EXPECT_EQ(x.on_answer(failure(ec::outcome_unknown)), action::try_another);
  EXPECT_TRUE(x.in_doubt());
  EXPECT_EQ(x.on_answer(failure(ec::conflict)), action::deliver);
}

TEST(CallFateTest, RefusalToLookSettlesNoDoubt) {
  call_fate x{call_kind::upsert};
  x.on_lost(true);
  EXPECT_EQ(x.on_answer(failure(ec::invalid_argument)), action::try_another);
  EXPECT_EQ(x.on_answer(caf::make_error(caf::sec::unexpected_message)),
            action::try_another);
  EXPECT_EQ(code_of(x.on_end(failure(ec::deadline_exceeded), false, token())),
            ec::outcome_unknown);
}

} // namespace
} // namespace obol::test
