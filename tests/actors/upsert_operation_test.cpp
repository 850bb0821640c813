#include "obol/internal/upsert_operation.hpp"

#include <limits>

#include "operation_fixture.hpp"

namespace obol::test {
namespace {

using namespace std::chrono_literals;
using namespace internal;

class UpsertOperationTest : public OperationTest {
protected:
  /// Stores version 3, and was sent; copies may take effect for 1.5 s.
  caf::intrusive_ptr<upsert_operation> upsert(write_guard guard
                                              = write_guard::exactly_once) {
    auto result = unsent(guard);
    request_of(*result);
    return result;
  }

  caf::intrusive_ptr<upsert_operation> unsent(write_guard guard
                                              = write_guard::exactly_once) {
    return caf::make_counted<upsert_operation>(
      upsert_operation::arguments{example(), "00112233aabbccdd", now_ + 1500ms,
                                  guard},
      deadline_);
  }

  std::string bytes_with_deadline(std::int64_t deadline_ms) {
    auto x = example();
    return commands_
      .upsert({x.id, x.user_id, x.type, 3, sealed(x), x.refresh_expires_at,
               "00112233aabbccdd", deadline_ms},
              server_now)
      .bytes();
  }

  std::string question(std::int64_t deadline_ms = server_ms + 1'500) {
    return commands_
      .resolve({example().key(), 3, "00112233aabbccdd", deadline_ms})
      .bytes();
  }
};

const reply ok = reply::of_bulk("OK");

const reply oom = reply::of_error("OOM command not allowed when used memory > "
                                  "'maxmemory'.");

// -- the straight way ---------------------------------------------------------

TEST_F(UpsertOperationTest, RequestCarriesTheDeadlineByTheServersClock) {
  auto what = unsent();
  EXPECT_EQ(request_of(*what), bytes_with_deadline(server_ms + 1'500));
}

TEST_F(UpsertOperationTest, PreparedBeforehandHasTheDeadlineOfItsSending) {
  // Given one that is prepared, and signed
  auto what = unsent();
  auto* waits = what->prepare(*sealer_);
  ASSERT_TRUE(waits);
  std::string* const one[] = {waits};
  sealer_->sign(one);
  EXPECT_FALSE(what->prepare(*sealer_));

  // When the server's clock is measured anew before it is sent
  context_.server_time.measure(server_ms + 5'000, now_, now_);

  // Then it is as if it had been prepared now.
  EXPECT_EQ(request_of(*what), bytes_with_deadline(server_ms + 6'500));
}

TEST_F(UpsertOperationTest, WhatCannotBePreparedFailsWhenItIsSent) {
  sealing_options small;
  small.keys
    = key_ring::of(std::move(*signing_key::from_bytes(std::string(32, 'k'))));
  small.max_session_bytes = 10;
  *sealer_ = std::move(*session_sealer::make(std::move(small)));
  auto what = unsent();
  EXPECT_FALSE(what->prepare(*sealer_));
  std::string out = "before";
  auto how = execution();
  EXPECT_EQ(code_of(what->put_request(out, how)), ec::invalid_argument);
  EXPECT_EQ(out, "before");
}

TEST_F(UpsertOperationTest, OkAnswersTheSessionAsStored) {
  auto what = upsert();
  EXPECT_EQ(answered<session>(reply_to(*what, ok)), example());
}

TEST_F(UpsertOperationTest, DecisionsAreErrorsWithTheirCode) {
  for (auto [text, expected] : {std::pair{"CONFLICT", ec::conflict},
                                {"GONE", ec::gone},
                                {"OLD", ec::conflict},
                                {"EXPIRED", ec::session_expired},
                                {"CORRUPT", ec::refused}}) {
    auto what = upsert();
    EXPECT_EQ(code(reply_to(*what, reply::of_bulk(text))), expected) << text;
  }
}

TEST_F(UpsertOperationTest, StrangeAnswerIsNoSuccess) {
  for (auto& x : {reply::of_integer(1), reply::of_nil(), reply::of_array({ok}),
                  reply::of_bulk("")}) {
    auto what = upsert();
    EXPECT_EQ(code(reply_to(*what, x)), ec::outcome_unknown);
  }
}

TEST_F(UpsertOperationTest, SessionThatCannotBeSealedIsNotSent) {
  auto too_large = example();
  too_large.refresh_token_id = std::string(300 * 1024, 'x');
  upsert_operation what{{too_large, "00112233aabbccdd", now_ + 1500ms},
                        deadline_};
  std::string out = "before";
  auto how = execution();
  EXPECT_EQ(code_of(what.put_request(out, how)), ec::invalid_argument);
  EXPECT_EQ(out, "before");
}

// -- late ---------------------------------------------------------------------

TEST_F(UpsertOperationTest, LateSetsTheClockAndSendsOnce) {
  // Given a server whose clock jumped ahead by some seconds
  auto what = upsert();
  auto jumped = server_ms + 20'000;

  // When it finds the first copy late
  auto verdict
    = reply_to(*what, reply::of_bulk("LATE " + std::to_string(jumped)));

  // Then another is sent with a deadline by the new clock, and no third.
  EXPECT_EQ(verdict.step, step::send_again);
  EXPECT_EQ(context_.server_time.ms_at(now_), jumped);
  EXPECT_EQ(request_of(*what), bytes_with_deadline(jumped + 1'500));
  EXPECT_EQ(
    code(reply_to(*what, reply::of_bulk("LATE " + std::to_string(jumped)))),
    ec::deadline_exceeded);
}

// Sessions expire by this clock: whoever answers must not turn it back.
TEST_F(UpsertOperationTest,
       LateWithATimeThatNoHandshakeBelievesLeavesTheClock) {
  auto most = context_.options.clock_offset_max.count();
  for (auto ms : {std::int64_t{1}, server_ms - most - 1, server_ms + most + 1,
                  std::numeric_limits<std::int64_t>::max()}) {
    auto what = upsert();
    reply_to(*what, reply::of_bulk("LATE " + std::to_string(ms)));
    EXPECT_EQ(context_.server_time.ms_at(now_), server_ms);
  }
}

TEST_F(UpsertOperationTest, LateWithoutATimeLeavesTheClock) {
  auto what = upsert();
  reply_to(*what, reply::of_bulk("LATE"));
  EXPECT_EQ(context_.server_time.ms_at(now_), server_ms);
}

// -- lost ---------------------------------------------------------------------

TEST_F(UpsertOperationTest, LostCopyIsSentAgainByteForByte) {
  auto what = upsert();
  auto bytes = request_of(*what);
  EXPECT_EQ(lose(*what, true).step, step::send_again);
  EXPECT_EQ(request_of(*what), bytes);

  // The server recognises the first.
  EXPECT_EQ(answered<session>(reply_to(*what, reply::of_bulk("DUP"))),
            example());
}

TEST_F(UpsertOperationTest, AfterALossGoneIsUnknownWithTheToken) {
  auto what = upsert();
  lose(*what, true);
  auto error = failure(reply_to(*what, reply::of_bulk("GONE")));
  EXPECT_EQ(code_of(error), ec::outcome_unknown);
  auto token = token_of(error);
  ASSERT_TRUE(token);
  EXPECT_EQ(token->key, example().key());
  EXPECT_EQ(token->lock_version, 3);
  EXPECT_EQ(token->operation_id, "00112233aabbccdd");
  EXPECT_EQ(token->server_deadline, server_ms + 1'500);
}

TEST_F(UpsertOperationTest, WhenTheTimeToWriteIsOverItAsks) {
  auto what = upsert();
  now_ += 1500ms;
  EXPECT_EQ(lose(*what, true).step, step::send_again);
  EXPECT_EQ(request_of(*what), question());

  EXPECT_EQ(reply_to(*what, reply::of_bulk("PENDING")).step,
            step::send_again_later);
  EXPECT_EQ(answered<session>(reply_to(*what, reply::of_bulk("APPLIED"))),
            example());
}

TEST_F(UpsertOperationTest, LateAfterALossAsks) {
  auto what = upsert();
  lose(*what, true);
  auto late = "LATE " + std::to_string(server_ms + 1'501);
  EXPECT_EQ(reply_to(*what, reply::of_bulk(late)).step, step::send_again);
  EXPECT_EQ(request_of(*what), question());
  EXPECT_EQ(code(reply_to(*what, reply::of_bulk("NOT_APPLIED"))),
            ec::deadline_exceeded);
}

TEST_F(UpsertOperationTest, LostQuestionIsAskedAgain) {
  auto what = upsert();
  now_ += 1500ms;
  lose(*what, true);
  EXPECT_EQ(lose(*what, true).step, step::send_again);
  EXPECT_EQ(request_of(*what), question());
}

TEST_F(UpsertOperationTest, StrangeAnswerToAQuestionStaysInDoubt) {
  auto what = upsert();
  now_ += 1500ms;
  lose(*what, true);
  EXPECT_EQ(code(reply_to(*what, reply::of_bulk("OK"))), ec::outcome_unknown);
}

TEST_F(UpsertOperationTest, CharonsGuardTellsTheDoubtAtOnce) {
  auto what = upsert(write_guard::charon);
  auto error = failure(lose(*what, true));
  EXPECT_EQ(code_of(error), ec::outcome_unknown);
  // Nothing that was written could tell the outcome.
  EXPECT_FALSE(token_of(error));

  auto never_sent = upsert(write_guard::charon);
  EXPECT_EQ(lose(*never_sent, false).step, step::send_again);
}

// -- refused ------------------------------------------------------------------

TEST_F(UpsertOperationTest, RefusalOfTheOnlyCopyIsFinal) {
  auto what = upsert();
  EXPECT_EQ(code(reply_to(*what, oom)), ec::refused);
}

TEST_F(UpsertOperationTest, RefusalAfterALossSaysNothingOfTheFirstCopy) {
  auto what = upsert();
  lose(*what, true);
  EXPECT_EQ(reply_to(*what, oom).step, step::send_again);
  EXPECT_EQ(request_of(*what), question());
  EXPECT_EQ(answered<session>(reply_to(*what, reply::of_bulk("APPLIED"))),
            example());
}

TEST_F(UpsertOperationTest, RefusedQuestionLeavesTheDoubt) {
  auto what = upsert();
  lose(*what, true);
  reply_to(*what, oom);
  auto error = failure(reply_to(
    *what, reply::of_error("NOPERM User u has no permissions to run the "
                           "'fcall' command")));
  EXPECT_EQ(code_of(error), ec::outcome_unknown);
}

TEST_F(UpsertOperationTest, FunctionThatFailedInsideWroteNothing) {
  auto what = upsert();
  EXPECT_EQ(
    code(reply_to(*what, reply::of_error("WRONGTYPE Operation against a key "
                                         "script: f, on @user_function:11."))),
    ec::refused);
}

TEST_F(UpsertOperationTest, UnknownErrorIsInDoubt) {
  auto what = upsert();
  auto error = failure(reply_to(*what, reply::of_error("STRANGE")));
  EXPECT_EQ(code_of(error), ec::outcome_unknown);
  EXPECT_TRUE(token_of(error));
}

// -- deadline -----------------------------------------------------------------

TEST_F(UpsertOperationTest, DeadlineBeforeAnythingWasSentIsNoDoubt) {
  auto what = upsert();
  EXPECT_EQ(code(what->on_deadline(false)), ec::deadline_exceeded);
}

TEST_F(UpsertOperationTest, DeadlineInFlightIsUnknownWithTheToken) {
  auto what = upsert();
  auto error = failure(what->on_deadline(true));
  EXPECT_EQ(code_of(error), ec::outcome_unknown);
  EXPECT_TRUE(token_of(error));
}

TEST_F(UpsertOperationTest, DeadlineWhileAskingIsUnknown) {
  auto what = upsert();
  now_ += 1500ms;
  lose(*what, true);
  EXPECT_EQ(code(what->on_deadline(false)), ec::outcome_unknown);
}

TEST_F(UpsertOperationTest, StoppingTellsTheDoubtToo) {
  auto stop = caf::make_error(ec::shutting_down, std::string{"stop"});
  auto waiting = upsert();
  EXPECT_EQ(code(waiting->give_up(false, stop)), ec::shutting_down);
  auto in_flight = upsert();
  EXPECT_EQ(code(in_flight->give_up(true, stop)), ec::outcome_unknown);
}

} // namespace
} // namespace obol::test
