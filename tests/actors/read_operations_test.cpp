#include "obol/internal/read_operations.hpp"

#include "operation_fixture.hpp"

namespace obol::test {
namespace {

using namespace internal;

class ReadOperationsTest : public OperationTest {
protected:
  get_operation get(std::string id = "sid") {
    session_key key{std::move(id), 426, "full"};
    return {key, deadline_};
  }

  get_all_operation get_all() {
    return {set_, deadline_};
  }

  resolve_operation resolve() {
    return {{example().key(), 3, "feed", server_ms}, deadline_};
  }

  ignored_counts ignored() const {
    return context_.counters.ignored_by_reason();
  }

  session_set set_{426, "full"};
};

// -- get ----------------------------------------------------------------------

TEST_F(ReadOperationsTest, GetAnswersTheSession) {
  auto what = get();
  auto verdict = reply_to(what, reply::of_bulk(sealed(example())));
  EXPECT_EQ(answered<get_answer>(verdict).session, example());
}

TEST_F(ReadOperationsTest, NilIsNoSession) {
  auto what = get();
  auto verdict = reply_to(what, reply::of_nil());
  EXPECT_EQ(answered<get_answer>(verdict).session, std::nullopt);
}

TEST_F(ReadOperationsTest, ExpiredSessionIsNoneAndNoAlarm) {
  auto x = example();
  x.refresh_expires_at = server_now;
  auto what = get();
  auto verdict = reply_to(what, reply::of_bulk(sealed(x)));
  EXPECT_EQ(answered<get_answer>(verdict).session, std::nullopt);
  EXPECT_EQ(ignored().bad_signature, 0u);
}

TEST_F(ReadOperationsTest, WhatIsNotAuthenticIsNoneAndCounted) {
  auto changed = sealed(example());
  changed.back() ^= 1;
  auto foreign = example();
  foreign.user_id = "426";

  for (auto& stored : {changed, std::string{"rubbish"}, sealed(foreign)}) {
    auto what = get();
    auto verdict = reply_to(what, reply::of_bulk(stored));
    EXPECT_EQ(answered<get_answer>(verdict).session, std::nullopt);
  }

  EXPECT_EQ(ignored().bad_signature, 1u);
  EXPECT_EQ(ignored().unknown_format, 1u);
  EXPECT_EQ(ignored().wrong_owner, 1u);
}

TEST_F(ReadOperationsTest, ReplyOfAnotherFormIsNeverNothing) {
  for (auto& x :
       {reply::of_integer(1), reply::of_status("OK"), reply::of_array({})}) {
    auto what = get();
    EXPECT_EQ(code(reply_to(what, x)), ec::misconfigured);
  }
}

// -- get all ------------------------------------------------------------------

TEST_F(ReadOperationsTest, GetAllAnswersEverySessionAndSkipsLocks) {
  auto what = get_all();
  auto verdict = reply_to(
    what, reply::of_array(
            {reply::of_bulk("a"), reply::of_bulk(sealed(example("a"))),
             reply::of_bulk("l.a"), reply::of_bulk("3"),
             reply::of_bulk("l.l.a.3"), reply::of_bulk("3:feed"),
             reply::of_bulk("b"), reply::of_bulk(sealed(example("b")))}));
  EXPECT_EQ(answered<get_all_answer>(verdict).sessions,
            (std::vector<session>{example("a"), example("b")}));
  EXPECT_EQ(ignored().unknown_format, 0u);
}

TEST_F(ReadOperationsTest, OneBadEntryDoesNotHideTheOthers) {
  // The middle one lies under a name that is not its own.
  auto what = get_all();
  auto verdict = reply_to(
    what, reply::of_array(
            {reply::of_bulk("a"), reply::of_bulk("rubbish"),
             reply::of_bulk("x"), reply::of_bulk(sealed(example("b"))),
             reply::of_bulk("c"), reply::of_bulk(sealed(example("c")))}));
  EXPECT_EQ(answered<get_all_answer>(verdict).sessions,
            (std::vector<session>{example("c")}));
  EXPECT_EQ(ignored().unknown_format, 1u);
  EXPECT_EQ(ignored().wrong_owner, 1u);
}

TEST_F(ReadOperationsTest, NobodyIsAnEmptyList) {
  auto what = get_all();
  auto verdict = reply_to(what, reply::of_array({}));
  EXPECT_TRUE(answered<get_all_answer>(verdict).sessions.empty());
}

TEST_F(ReadOperationsTest, FieldWithoutValueIsNotReadBeyondTheEnd) {
  auto what = get_all();
  auto verdict = reply_to(what, reply::of_array({reply::of_bulk("a")}));
  EXPECT_TRUE(answered<get_all_answer>(verdict).sessions.empty());
}

TEST_F(ReadOperationsTest, ListOfAnotherFormIsAFailure) {
  for (auto& x : {reply::of_nil(), reply::of_bulk("a"), reply::of_integer(0)}) {
    auto what = get_all();
    EXPECT_EQ(code(reply_to(what, x)), ec::misconfigured);
  }
}

// -- resolve ------------------------------------------------------------------

TEST_F(ReadOperationsTest, ResolveAnswersWhatTheServerKnows) {
  for (auto [text, expected] : {std::pair{"APPLIED", resolution::applied},
                                {"NOT_APPLIED", resolution::not_applied},
                                {"UNKNOWN", resolution::unknown}}) {
    auto what = resolve();
    auto verdict = reply_to(what, reply::of_bulk(text));
    EXPECT_EQ(answered<resolution>(verdict), expected);
  }
}

TEST_F(ReadOperationsTest, UnderCharonsGuardNothingIsKnownNotToBeApplied) {
  context_.options.write_guard = write_guard::charon;
  for (auto [text, expected] : {std::pair{"APPLIED", resolution::applied},
                                {"NOT_APPLIED", resolution::unknown},
                                {"UNKNOWN", resolution::unknown}}) {
    auto what = resolve();
    auto verdict = reply_to(what, reply::of_bulk(text));
    EXPECT_EQ(answered<resolution>(verdict), expected);
  }
}

TEST_F(ReadOperationsTest, ResolveWaitsWhileACopyCouldStillTakeEffect) {
  auto what = resolve();
  EXPECT_EQ(reply_to(what, reply::of_bulk("PENDING")).step,
            step::send_again_later);
  EXPECT_EQ(code(reply_to(what, reply::of_bulk("MAYBE"))), ec::misconfigured);
}

// -- losses and errors, for every kind of operation ---------------------------

TEST_F(ReadOperationsTest, LostReadIsSentAgain) {
  auto what = get();
  auto bytes = request_of(what);
  EXPECT_EQ(lose(what, true).step, step::send_again);
  EXPECT_EQ(lose(what, false).step, step::send_again);
  EXPECT_EQ(request_of(what), bytes);
}

TEST_F(ReadOperationsTest, ReadHasNoUnknownOutcome) {
  auto what = get();
  lose(what, true);
  EXPECT_EQ(code(what.on_deadline(true)), ec::deadline_exceeded);
}

TEST_F(ReadOperationsTest, DeadlineTellsWhyTheServerTurnedItAway) {
  auto what = get();
  reply_to(what, reply::of_error("LOADING Redis is loading the dataset"));
  auto error = failure(what.on_deadline(false));
  EXPECT_EQ(code_of(error), ec::unavailable);
  EXPECT_NE(describe(error).find("loading"), std::string::npos);
}

TEST_F(ReadOperationsTest, MissingFunctionIsLoadedTwiceAtMost) {
  auto what = resolve();
  auto missing = reply::of_error("ERR Function not found");
  EXPECT_EQ(reply_to(what, missing).step, step::load_functions);
  EXPECT_EQ(reply_to(what, missing).step, step::load_functions);
  EXPECT_EQ(code(reply_to(what, missing)), ec::unavailable);
}

TEST_F(ReadOperationsTest, ServerThatIsBusyIsAskedLater) {
  for (auto text : {"LOADING Valkey is loading the dataset in memory",
                    "BUSY Redis is busy running a script. You can only call "
                    "FUNCTION KILL or SHUTDOWN NOSAVE."}) {
    auto what = get();
    auto verdict = reply_to(what, reply::of_error(text));
    EXPECT_EQ(verdict.step, step::send_again_later);
    EXPECT_FALSE(verdict.renew_connection);
  }
}

TEST_F(ReadOperationsTest, ConnectionToTheWrongServerIsRenewed) {
  for (auto text :
       {"READONLY You can't write against a read only replica.",
        "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is "
        "set to 'no'.",
        "NOAUTH Authentication required."}) {
    auto what = get();
    auto verdict = reply_to(what, reply::of_error(text));
    EXPECT_EQ(verdict.step, step::send_again_later) << text;
    EXPECT_TRUE(verdict.renew_connection);
  }
}

TEST_F(ReadOperationsTest, WhatAPersonMustChangeIsMisconfigured) {
  for (auto text :
       {"NOPERM User u has no permissions to run the 'hget' command",
        "ERR unknown command 'FCALL', with args beginning with: 'canary'",
        "WRONGTYPE Operation against a key holding the wrong kind of value",
        "ERR ACL failure in script: User u has no permissions to run the "
        "'hget' command script: f, on @user_function:11."}) {
    auto what = get();
    auto error = failure(reply_to(what, reply::of_error(text)));
    EXPECT_EQ(code_of(error), ec::misconfigured) << text;
    EXPECT_EQ(describe(error).find("canary"), std::string::npos);
  }
}

TEST_F(ReadOperationsTest, UnknownErrorIsRefusedWithoutItsText) {
  auto what = get();
  auto error = failure(reply_to(what, reply::of_error("STRANGE canary")));
  EXPECT_EQ(code_of(error), ec::refused);
  EXPECT_EQ(describe(error).find("canary"), std::string::npos);
}

} // namespace
} // namespace obol::test
