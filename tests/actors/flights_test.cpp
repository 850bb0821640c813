#include "obol/error.hpp"
#include "obol/internal/flights.hpp"
#include "obol/message_inspect.hpp"
#include "obol/spawn_store.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace obol::test {
namespace {

using namespace std::chrono_literals;
using internal::flights;
using internal::instant;
using internal::operation;

/// Ten bytes that do what a test says, and remember what they were told.
class scripted_operation final : public operation {
public:
  using operation::operation;

  caf::error put_request(std::string& out, internal::execution&) override {
    if (cannot_be_sent)
      return caf::make_error(ec::invalid_argument, std::string{"too large"});
    out.append(10, 'x');
    return {};
  }

  verdict on_reply(reply&, internal::execution&) override {
    ++replies;
    return follow();
  }

  verdict on_lost(bool may_be_sent, internal::execution&) override {
    lost.push_back(may_be_sent);
    return follow();
  }

  internal::answer_ptr give_up(bool may_be_sent, caf::error reason) override {
    given_up.push_back(may_be_sent);
    return internal::make_answer(std::move(reason));
  }

  /// What comes of the next reply or loss.
  step next = step::answer;
  bool renew_connection = false;
  bool cannot_be_sent = false;
  int replies = 0;
  std::vector<bool> lost;
  std::vector<bool> given_up;

protected:
  verdict on_answer(reply& x, internal::execution& how) override {
    return on_reply(x, how);
  }

private:
  verdict follow() {
    if (next == step::answer)
      return answer_with(internal::make_answer(std::string{"answer"}));
    verdict result;
    result.step = next;
    result.renew_connection = renew_connection;
    return result;
  }
};

using scripted_ptr = caf::intrusive_ptr<scripted_operation>;

/// Flights between a requester and an owner that both only listen.
class FlightsTest : public ::testing::Test {
protected:
  FlightsTest() {
    all_ = {store_, handle_of<connection_owner>(owner_), 7, layout::automatic};
  }

  template <class Handle>
  static Handle handle_of(const caf::scoped_actor& x) {
    return caf::actor_cast<Handle>(caf::actor_cast<caf::strong_actor_ptr>(x));
  }

  /// Puts a request of the requester into flight.
  scripted_ptr push(internal::duration deadline = 2s) {
    auto result = caf::make_counted<scripted_operation>(start_ + deadline);
    EXPECT_TRUE(all_.add({result, promise()}, out_, start_));
    return result;
  }

  internal::requester promise() {
    auto who = handle_of<caf::strong_actor_ptr>(requester_);
    return {&*requester_, who, {}, caf::make_message_id()};
  }

  caf::error replies_arrive(std::size_t count) {
    std::vector<reply> replies(count);
    return all_.on_replies(replies, start_ + 1ms);
  }

  caf::error reply_arrives() {
    return replies_arrive(1);
  }

  /// What the requester was told: "answer", the name of an error, or nothing.
  std::vector<std::string> answers() {
    std::vector<std::string> result;
    while (requester_->has_next_message())
      requester_->receive(
        [&](const std::string& x) { result.push_back(x); },
        [&](const caf::error& x) { result.push_back(to_string(*code_of(x))); });
    return result;
  }

  /// What came back to the owner.
  std::vector<operation_ptr> handed_back() {
    std::vector<operation_ptr> result;
    while (owner_->has_next_message())
      owner_->receive([&](const operation_ptr& x) { result.push_back(x); });
    return result;
  }

  using texts = std::vector<std::string>;
  using step = operation::step;

  instant start_ = instant{} + 1h;
  caf::actor_system_config config_;
  caf::actor_system system_{(register_messages(config_), config_)};
  caf::scoped_actor requester_{system_};
  caf::scoped_actor owner_{system_};
  internal::store_context_ptr store_
    = std::make_shared<internal::store_context>();
  flights all_;
  /// What waits to be sent.
  std::string out_;
};

// -- requests -----------------------------------------------------------------

TEST_F(FlightsTest, RequestIsPutBehindThoseThatWaitToBeSent) {
  push();
  push();
  EXPECT_EQ(out_, std::string(20, 'x'));
  EXPECT_EQ(all_.take_answered(), 0u);
}

TEST_F(FlightsTest, RequestThatComesTooLateIsAnsweredAndNotSent) {
  auto late = caf::make_counted<scripted_operation>(start_);
  EXPECT_FALSE(all_.add({late, promise()}, out_, start_));
  EXPECT_EQ(answers(), texts{"deadline_exceeded"});
  EXPECT_EQ(late->given_up, (std::vector<bool>{false}));
  EXPECT_EQ(out_, "");
  EXPECT_TRUE(all_.empty());
  EXPECT_EQ(all_.take_answered(), 1u);
}

TEST_F(FlightsTest, RequestThatCannotBeExpressedIsAnsweredAndNotSent) {
  auto what = caf::make_counted<scripted_operation>(start_ + 2s);
  what->cannot_be_sent = true;
  EXPECT_FALSE(all_.add({what, promise()}, out_, start_));
  EXPECT_EQ(answers(), texts{"invalid_argument"});
  EXPECT_EQ(out_, "");
  EXPECT_TRUE(all_.empty());
  EXPECT_EQ(all_.take_answered(), 1u);
}

// -- replies ------------------------------------------------------------------

TEST_F(FlightsTest, AnswerGoesToTheRequesterAndItHasLeft) {
  push();

  EXPECT_FALSE(reply_arrives());

  EXPECT_EQ(answers(), texts{"answer"});
  EXPECT_EQ(all_.take_answered(), 1u);
  EXPECT_EQ(all_.take_answered(), 0u);
  EXPECT_TRUE(all_.empty());
}

TEST_F(FlightsTest, ProbeIsNobodysOperation) {
  all_.add_probe(14, start_);

  EXPECT_FALSE(reply_arrives());

  EXPECT_EQ(all_.take_answered(), 0u);
  EXPECT_TRUE(all_.empty());
}

TEST_F(FlightsTest, UnaskedReplyMakesTheConnectionUseless) {
  push();
  reply_arrives();
  EXPECT_EQ(code_of(reply_arrives()), ec::unavailable);
  EXPECT_EQ(answers(), texts{"answer"});
}

TEST_F(FlightsTest, ReplyThatIsTooLargeIsItsRequestsEnd) {
  auto what = push();
  push();

  all_.on_too_large(start_);

  EXPECT_EQ(answers(), texts{"refused"});
  EXPECT_EQ(what->given_up, (std::vector<bool>{true}));
  EXPECT_EQ(all_.take_answered(), 1u);
  EXPECT_TRUE(handed_back().empty());
  EXPECT_FALSE(all_.empty());
}

TEST_F(FlightsTest, ReplyThatIsTooLargeAndToNobodyIsForgotten) {
  all_.on_too_large(start_);
  all_.add_probe(14, start_);
  all_.on_too_large(start_);
  EXPECT_EQ(all_.take_answered(), 0u);
  EXPECT_TRUE(all_.empty());
}

TEST_F(FlightsTest, RefusalByAReplicaMakesTheConnectionUseless) {
  auto what = push();
  what->next = step::send_again_later;
  what->renew_connection = true;

  EXPECT_EQ(code_of(reply_arrives()), ec::unavailable);

  EXPECT_EQ(handed_back(), std::vector<operation_ptr>{what});
}

TEST_F(FlightsTest, RepliesThatCameTogetherFindTheirRequestsInOrder) {
  auto first = push();
  first->next = step::send_again;
  push();
  auto third = push();
  third->next = step::send_again;

  EXPECT_FALSE(replies_arrive(3));

  EXPECT_EQ(handed_back(), (std::vector<operation_ptr>{first, third}));
  EXPECT_EQ(answers(), texts{"answer"});
}

TEST_F(FlightsTest, RepliesBehindTheLastUsefulOneAreLeftAlone) {
  push();
  auto refused = push();
  refused->next = step::send_again_later;
  refused->renew_connection = true;
  auto behind = push();

  EXPECT_EQ(code_of(replies_arrive(3)), ec::unavailable);

  EXPECT_EQ(answers(), texts{"answer"});
  EXPECT_EQ(behind->replies, 0);
  EXPECT_FALSE(all_.empty());
}

TEST_F(FlightsTest, OwnerLearnsWhatAnOperationWaitsFor) {
  auto now = push();
  now->next = step::send_again;
  auto later = push();
  later->next = step::send_again_later;
  auto functions = push();
  functions->next = step::load_functions;

  for (int i = 0; i < 3; ++i)
    EXPECT_FALSE(reply_arrives());

  EXPECT_EQ(handed_back(), (std::vector<operation_ptr>{now, later, functions}));
  EXPECT_TRUE(now->came_back);
  EXPECT_EQ(now->not_before, instant{});
  EXPECT_EQ(later->not_before, start_ + 1ms + operation::retry_delay);
  EXPECT_TRUE(functions->awaits_functions);
  EXPECT_FALSE(later->awaits_functions);
  // They keep their room here until the owner has them.
  EXPECT_EQ(all_.take_answered(), 0u);
  EXPECT_EQ(answers(), texts{});
}

// -- deadlines ----------------------------------------------------------------

TEST_F(FlightsTest, OverdueIsAnsweredAtOnceAndLeavesWithItsReply) {
  // Given two requests, the first with little time
  auto first = push(100ms);
  auto second = push();

  // When that is over
  all_.answer_overdue(start_ + 100ms);
  all_.answer_overdue(start_ + 120ms);

  // Then only the first is answered, once, and still holds its place
  EXPECT_EQ(answers(), texts{"deadline_exceeded"});
  EXPECT_EQ(all_.take_answered(), 0u);

  // and its reply does not reach the second.
  reply_arrives();
  EXPECT_EQ(first->replies, 0);
  EXPECT_EQ(second->replies, 0);
  EXPECT_EQ(all_.take_answered(), 1u);
  reply_arrives();
  EXPECT_EQ(second->replies, 1);
  EXPECT_EQ(answers(), texts{"answer"});
}

TEST_F(FlightsTest, OldestKeepsItsTimeWhileItsReplyIsDue) {
  EXPECT_EQ(all_.oldest(), std::nullopt);
  push(100ms);
  all_.answer_overdue(start_ + 100ms);
  EXPECT_EQ(all_.oldest(), start_);
}

// -- loss ---------------------------------------------------------------------

TEST_F(FlightsTest, LossTellsEachWhetherTheServerMayHaveSeenIt) {
  auto sent = push();
  auto unsent = push();
  sent->next = unsent->next = step::send_again;
  all_.on_written(10);

  all_.on_lost(start_);

  EXPECT_EQ(sent->lost, std::vector<bool>{true});
  EXPECT_EQ(unsent->lost, std::vector<bool>{false});
  EXPECT_EQ(handed_back(), (std::vector<operation_ptr>{sent, unsent}));
  EXPECT_EQ(all_.take_answered(), 0u);
  EXPECT_TRUE(all_.empty());
}

TEST_F(FlightsTest, LossDoesNotBringBackWhatWasAnswered) {
  all_.add_probe(14, start_);
  auto what = push(100ms);
  all_.answer_overdue(start_ + 100ms);

  all_.on_lost(start_ + 200ms);

  EXPECT_EQ(what->lost, std::vector<bool>{});
  EXPECT_EQ(handed_back(), std::vector<operation_ptr>{});
  EXPECT_EQ(answers(), texts{"deadline_exceeded"});
  EXPECT_EQ(all_.take_answered(), 1u);
}

TEST_F(FlightsTest, NewStreamHasSentNothingYet) {
  push();
  all_.on_written(10);
  reply_arrives();

  all_.start_stream();
  auto what = push();
  all_.on_written(0);
  all_.on_lost(start_);

  EXPECT_EQ(what->lost, std::vector<bool>{false});
}

// -- the end ------------------------------------------------------------------

TEST_F(FlightsTest, GivingUpAnswersEachOnce) {
  auto what = push();
  auto late = push(100ms);
  all_.on_written(15);
  all_.answer_overdue(start_ + 100ms);

  for (int i = 0; i < 2; ++i)
    all_.give_up(caf::make_error(ec::shutting_down, std::string{"over"}),
                 start_ + 1s);

  EXPECT_EQ(answers(), (texts{"deadline_exceeded", "shutting_down"}));
  EXPECT_EQ(what->given_up, std::vector<bool>{true});
  EXPECT_EQ(late->given_up, std::vector<bool>{true});
}

TEST_F(FlightsTest, DeadOwnerGetsNothingBack) {
  connection_owner dead;
  {
    caf::scoped_actor pool{system_};
    dead = handle_of<connection_owner>(pool);
  }
  flights orphans{store_, dead, 7, layout::automatic};

  auto what = caf::make_counted<scripted_operation>(start_ + 2s);
  orphans.hand_back({std::move(what), promise()});

  EXPECT_EQ(answers(), texts{"shutting_down"});
}

} // namespace
} // namespace obol::test
