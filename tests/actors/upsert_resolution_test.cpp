#include "obol/internal/upsert_resolution.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <tuple>

namespace {

using namespace obol::internal;
using obol::ec;
using obol::write_guard;
using action = upsert_resolution::action;

/// An upsert whose first copy was lost after a byte of it was sent.
upsert_resolution lost_once() {
  upsert_resolution x{write_guard::exactly_once};
  x.on_lost(true, true);
  return x;
}

// -- replies ------------------------------------------------------------------

struct row {
  upsert_reply reply;
  action then;
  std::optional<ec> code;
};

class FirstReplyTest : public testing::TestWithParam<row> {};

TEST_P(FirstReplyTest, DecidesWhatWasNeverLost) {
  auto [reply, then, code] = GetParam();
  for (auto guard : {write_guard::exactly_once, write_guard::charon}) {
    auto verdict = upsert_resolution{guard}.on_reply(reply);
    EXPECT_EQ(verdict.action, then);
    if (code) {
      EXPECT_EQ(verdict.code, *code);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
  UpsertResolution, FirstReplyTest,
  testing::Values(row{upsert_reply::ok, action::succeed, {}},
                  row{upsert_reply::duplicate, action::succeed, {}},
                  row{upsert_reply::conflict, action::fail, ec::conflict},
                  row{upsert_reply::gone, action::fail, ec::gone},
                  row{upsert_reply::old, action::fail, ec::conflict},
                  row{upsert_reply::late, action::send_with_new_deadline, {}},
                  row{upsert_reply::expired, action::fail, ec::session_expired},
                  row{upsert_reply::corrupt, action::fail, ec::refused}));

class ReplyAfterLossTest : public testing::TestWithParam<row> {};

TEST_P(ReplyAfterLossTest, ClaimsNoMoreThanItKnows) {
  auto [reply, then, code] = GetParam();
  auto verdict = lost_once().on_reply(reply);
  EXPECT_EQ(verdict.action, then);
  if (code) {
    EXPECT_EQ(verdict.code, *code);
  }
}

// Gone and old may be the traces of our own first copy.
INSTANTIATE_TEST_SUITE_P(
  UpsertResolution, ReplyAfterLossTest,
  testing::Values(row{upsert_reply::ok, action::succeed, {}},
                  row{upsert_reply::duplicate, action::succeed, {}},
                  row{upsert_reply::conflict, action::fail, ec::conflict},
                  row{upsert_reply::gone, action::fail, ec::outcome_unknown},
                  row{upsert_reply::old, action::fail, ec::outcome_unknown},
                  row{upsert_reply::late, action::ask, {}},
                  row{upsert_reply::expired, action::fail, ec::session_expired},
                  row{upsert_reply::corrupt, action::fail, ec::refused}));

TEST(UpsertResolutionTest, SecondLateIsTheDeadline) {
  upsert_resolution x{write_guard::exactly_once};
  EXPECT_EQ(x.on_reply(upsert_reply::late).action,
            action::send_with_new_deadline);
  auto verdict = x.on_reply(upsert_reply::late);
  EXPECT_EQ(verdict.action, action::fail);
  EXPECT_EQ(verdict.code, ec::deadline_exceeded);
}

TEST(UpsertResolutionTest, LossAfterALateIsInDoubt) {
  upsert_resolution x{write_guard::exactly_once};
  x.on_reply(upsert_reply::late);
  EXPECT_EQ(x.on_lost(true, true).action, action::send_again);
  EXPECT_EQ(x.on_reply(upsert_reply::late).action, action::ask);
}

// -- losses -------------------------------------------------------------------

TEST(UpsertResolutionTest, WhatWasNeverSentIsSentWithoutDoubt) {
  for (auto guard : {write_guard::exactly_once, write_guard::charon}) {
    for (auto time_left : {true, false}) {
      upsert_resolution x{guard};
      EXPECT_EQ(x.on_lost(false, time_left).action, action::send_again);
      EXPECT_FALSE(x.in_doubt());
      EXPECT_EQ(x.on_reply(upsert_reply::gone).code, ec::gone);
    }
  }
}

TEST(UpsertResolutionTest, WhatMayHaveBeenSentIsSentAgainWhileTimeIsLeft) {
  upsert_resolution x{write_guard::exactly_once};
  EXPECT_EQ(x.on_lost(true, true).action, action::send_again);
  EXPECT_TRUE(x.in_doubt());
}

TEST(UpsertResolutionTest, DoubtStaysWhenTheNextCopyIsNotSent) {
  auto x = lost_once();
  EXPECT_EQ(x.on_lost(false, true).action, action::send_again);
  EXPECT_TRUE(x.in_doubt());
  EXPECT_EQ(x.on_lost(false, false).action, action::ask);
}

TEST(UpsertResolutionTest, WhenTimeIsOverItAsks) {
  upsert_resolution x{write_guard::exactly_once};
  EXPECT_EQ(x.on_lost(true, false).action, action::ask);
}

TEST(UpsertResolutionTest, CharonsGuardNeverSendsAgainInDoubt) {
  for (auto time_left : {true, false}) {
    upsert_resolution x{write_guard::charon};
    auto verdict = x.on_lost(true, time_left);
    EXPECT_EQ(verdict.action, action::fail);
    EXPECT_EQ(verdict.code, ec::outcome_unknown);
  }
}

// -- what the server says became of it ----------------------------------------

TEST(UpsertResolutionTest, AppliedIsSuccess) {
  EXPECT_EQ(lost_once().on_reply(resolve_reply::applied).action,
            action::succeed);
}

TEST(UpsertResolutionTest, NotAppliedIsTheDeadline) {
  auto verdict = lost_once().on_reply(resolve_reply::not_applied);
  EXPECT_EQ(verdict.action, action::fail);
  EXPECT_EQ(verdict.code, ec::deadline_exceeded);
}

TEST(UpsertResolutionTest, UnknownStaysUnknown) {
  auto verdict = lost_once().on_reply(resolve_reply::unknown);
  EXPECT_EQ(verdict.action, action::fail);
  EXPECT_EQ(verdict.code, ec::outcome_unknown);
}

TEST(UpsertResolutionTest, PendingIsAskedAgain) {
  EXPECT_EQ(lost_once().on_reply(resolve_reply::pending).action,
            action::ask_later);
}

// -- the caller's deadline ----------------------------------------------------

TEST(UpsertResolutionTest, AtTheDeadlineOnlyDoubtIsUnknown) {
  upsert_resolution never_sent{write_guard::exactly_once};
  EXPECT_EQ(never_sent.on_deadline(false).code, ec::deadline_exceeded);

  upsert_resolution in_flight{write_guard::exactly_once};
  EXPECT_EQ(in_flight.on_deadline(true).code, ec::outcome_unknown);

  EXPECT_EQ(lost_once().on_deadline(false).code, ec::outcome_unknown);
}

// -- words --------------------------------------------------------------------

TEST(UpsertResolutionTest, RepliesAreReadAsTheFunctionsWriteThem) {
  EXPECT_EQ(parse_upsert_reply("OK"), upsert_reply::ok);
  EXPECT_EQ(parse_upsert_reply("DUP"), upsert_reply::duplicate);
  EXPECT_EQ(parse_upsert_reply("CONFLICT"), upsert_reply::conflict);
  EXPECT_EQ(parse_upsert_reply("GONE"), upsert_reply::gone);
  EXPECT_EQ(parse_upsert_reply("OLD"), upsert_reply::old);
  EXPECT_EQ(parse_upsert_reply("LATE 1795000001500"), upsert_reply::late);
  EXPECT_EQ(parse_upsert_reply("EXPIRED"), upsert_reply::expired);
  EXPECT_EQ(parse_upsert_reply("CORRUPT"), upsert_reply::corrupt);
  EXPECT_EQ(parse_resolve_reply("PENDING"), resolve_reply::pending);
  EXPECT_EQ(parse_resolve_reply("APPLIED"), resolve_reply::applied);
  EXPECT_EQ(parse_resolve_reply("NOT_APPLIED"), resolve_reply::not_applied);
  EXPECT_EQ(parse_resolve_reply("UNKNOWN"), resolve_reply::unknown);
}

TEST(UpsertResolutionTest, OtherWordsAreNoReplies) {
  for (auto text : {"", "ok", "OK ", "1", "APPLIED", "GONE2"})
    EXPECT_EQ(parse_upsert_reply(text), std::nullopt) << text;
  for (auto text : {"", "OK", "applied", "PENDING "})
    EXPECT_EQ(parse_resolve_reply(text), std::nullopt) << text;
}

} // namespace
