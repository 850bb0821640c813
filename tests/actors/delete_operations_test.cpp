#include "obol/internal/delete_operations.hpp"

#include "operation_fixture.hpp"

namespace obol::test {
namespace {

using namespace internal;

class DeleteOperationsTest : public OperationTest {
protected:
  delete_one_operation remove() {
    return {example().key(), deadline_};
  }

  revoke_before_operation revoke(unix_seconds created_before) {
    return {set_, created_before, deadline_};
  }

  reply stored(std::vector<session> list) {
    std::vector<reply> result;
    for (auto& x : list) {
      result.push_back(reply::of_bulk(x.id));
      result.push_back(reply::of_bulk(sealed(x)));
      result.push_back(reply::of_bulk("l." + x.id));
      result.push_back(reply::of_bulk("3"));
    }
    return reply::of_array(std::move(result));
  }

  session created_at(std::string id, unix_seconds when) {
    auto x = example(std::move(id));
    x.created_at = when;
    return x;
  }

  session_set set_{426, "full"};
};

// -- delete -------------------------------------------------------------------

TEST_F(DeleteOperationsTest, EachAsksForWhatItIsCalled) {
  auto key = example().key();
  auto one = remove();
  EXPECT_EQ(request_of(one), commands_.remove(key).bytes());
  delete_all_operation all{set_, deadline_};
  EXPECT_EQ(request_of(all), commands_.remove_all(set_).bytes());
  delete_others_operation others{key, deadline_};
  EXPECT_EQ(request_of(others), commands_.remove_others(key).bytes());
}

TEST_F(DeleteOperationsTest, AnswerIsTheServersCount) {
  auto what = remove();
  EXPECT_EQ(answered<removed>(reply_to(what, reply::of_integer(1))).count, 1);
}

TEST_F(DeleteOperationsTest, DeletingNothingSucceeds) {
  auto what = remove();
  EXPECT_EQ(answered<removed>(reply_to(what, reply::of_integer(0))).count, 0);
}

TEST_F(DeleteOperationsTest, AnswerThatIsNoNumberIsNoSuccess) {
  for (auto& x : {reply::of_nil(), reply::of_bulk("1"), reply::of_status("OK"),
                  reply::of_array({})}) {
    auto what = remove();
    EXPECT_EQ(code(reply_to(what, x)), ec::outcome_unknown);
  }
}

TEST_F(DeleteOperationsTest, LostDeleteIsSentAgainUnchanged) {
  auto what = remove();
  auto bytes = request_of(what);
  EXPECT_EQ(lose(what, true).step, step::send_again);
  EXPECT_EQ(request_of(what), bytes);
  EXPECT_EQ(answered<removed>(reply_to(what, reply::of_integer(0))).count, 0);
}

TEST_F(DeleteOperationsTest, DeleteThatWasNeverSentMissedItsDeadline) {
  auto what = remove();
  lose(what, false);
  EXPECT_EQ(code(what.on_deadline(false)), ec::deadline_exceeded);
}

TEST_F(DeleteOperationsTest, DeleteThatMayHaveBeenSentIsUnknownWithoutToken) {
  auto what = remove();
  lose(what, true);
  auto error = failure(what.on_deadline(false));
  EXPECT_EQ(code_of(error), ec::outcome_unknown);
  EXPECT_FALSE(token_of(error));

  auto in_flight = remove();
  EXPECT_EQ(code(in_flight.give_up(
              true, caf::make_error(ec::shutting_down, std::string{"stop"}))),
            ec::outcome_unknown);
}

TEST_F(DeleteOperationsTest, RefusedDeleteIsNotDone) {
  auto what = remove();
  EXPECT_EQ(code(reply_to(what, reply::of_error(
                                  "MISCONF Errors writing to the AOF file: No "
                                  "space left on device"))),
            ec::refused);
}

TEST_F(DeleteOperationsTest, UnknownErrorLeavesTheOutcomeOpen) {
  auto what = remove();
  EXPECT_EQ(code(reply_to(what, reply::of_error("STRANGE"))),
            ec::outcome_unknown);
}

// -- revoke before ------------------------------------------------------------

TEST_F(DeleteOperationsTest, RevokeReadsThenDeletesTheOlderByName) {
  auto what = revoke(1'000);
  EXPECT_EQ(request_of(what), commands_.get_all(set_).bytes());

  auto verdict = reply_to(
    what, stored({created_at("old", 999), created_at("same", 1'000),
                  created_at("new", 1'001), created_at("older", 1)}));

  EXPECT_EQ(verdict.step, step::send_again);
  std::vector<std::string> names{"old", "older"};
  EXPECT_EQ(request_of(what), commands_.remove_named(set_, names).bytes());
  EXPECT_EQ(answered<removed>(reply_to(what, reply::of_integer(2))).count, 2);
}

TEST_F(DeleteOperationsTest, NothingOlderNeedsNoDelete) {
  auto what = revoke(1'000);
  auto verdict = reply_to(what, stored({created_at("new", 1'001)}));
  EXPECT_EQ(answered<removed>(verdict).count, 0);
}

TEST_F(DeleteOperationsTest, LostDeleteOfARevokeIsSentAgainAsItWas) {
  auto what = revoke(1'000);
  reply_to(what, stored({created_at("old", 1)}));
  auto bytes = request_of(what);
  EXPECT_EQ(lose(what, true).step, step::send_again);
  EXPECT_EQ(request_of(what), bytes);
}

TEST_F(DeleteOperationsTest, NumberInPlaceOfTheSetRevokesNothing) {
  auto what = revoke(1'000);
  EXPECT_EQ(code(reply_to(what, reply::of_integer(2))), ec::misconfigured);
}

TEST_F(DeleteOperationsTest, LostReadOfARevokeHasNoUnknownOutcome) {
  auto what = revoke(1'000);
  lose(what, true);
  EXPECT_EQ(code(what.on_deadline(false)), ec::deadline_exceeded);
}

} // namespace
} // namespace obol::test
