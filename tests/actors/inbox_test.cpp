#include "obol/error.hpp"
#include "obol/internal/answer.hpp"
#include "obol/internal/inbox.hpp"
#include "obol/message_inspect.hpp"
#include "obol/spawn_store.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/make_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <stdexcept>
#include <string>
#include <vector>

namespace obol::test {
namespace {

using internal::inbox;

/// Remembers what it was told.
class ear final : public inbox::listener {
public:
  void on_answer(caf::type_erased_tuple& x) override {
    ++calls;
    if (x.match_elements<get_answer>())
      text = "answer";
    else if (x.match_elements<caf::error>())
      text = to_string(*code_of(x.get_as<caf::error>(0)));
    if (then)
      then();
  }

  int calls = 0;
  std::string text;
  std::function<void()> then;
};

/// An inbox whose store is a mailbox that the test answers from by hand.
class InboxTest : public testing::Test {
protected:
  static caf::actor_system_config& registered(caf::actor_system_config& x) {
    register_messages(x);
    return x;
  }

  InboxTest() {
    caf::actor_config config;
    ptr_ = caf::make_actor<inbox, caf::strong_actor_ptr>(
      system_.next_actor_id(), system_.node(), &system_, config,
      [this](log_level, std::string_view, std::string_view text) {
        logged_ += text;
      });
  }

  inbox& box() {
    return *static_cast<inbox*>(ptr_->get());
  }

  store_actor store() {
    return caf::actor_cast<store_actor>(
      caf::actor_cast<caf::strong_actor_ptr>(store_));
  }

  void ask(ear& who) {
    box().ask(store(), get_request{{"id", 1}, {}}, who);
  }

  /// The ids under which requests have come.
  std::vector<caf::message_id> requests() {
    std::vector<caf::message_id> result;
    while (store_->has_next_message())
      store_->receive([&](const get_request&) {
        result.push_back(store_->current_message_id());
        // So that nothing but the test answers.
        store_->current_mailbox_element()->mid.mark_as_answered();
      });
    return result;
  }

  template <class T>
  void answer(caf::message_id request, T what) {
    auto x = internal::make_answer(std::move(what));
    x->mid = request.response_id();
    ptr_->enqueue(std::move(x), nullptr);
  }

  caf::actor_system_config config_;
  caf::actor_system system_{registered(config_)};
  caf::scoped_actor store_{system_};
  std::string logged_;
  caf::strong_actor_ptr ptr_;
};

TEST_F(InboxTest, EveryAnswerFindsItsListener) {
  std::vector<ear> ears(3);
  for (auto& x : ears)
    ask(x);
  auto ids = requests();
  ASSERT_EQ(ids.size(), 3u);

  answer(ids[1], get_answer{});
  answer(ids[2], caf::make_error(ec::unavailable, std::string{"down"}));

  EXPECT_EQ(ears[0].calls, 0);
  EXPECT_EQ(ears[1].text, "answer");
  EXPECT_EQ(ears[2].text, "unavailable");
  answer(ids[0], get_answer{});
  EXPECT_EQ(ears[0].text, "answer");
}

TEST_F(InboxTest, SecondAnswerToOneRequestIsDropped) {
  ear first;
  ask(first);
  auto id = requests().at(0);
  answer(id, get_answer{});
  answer(id, get_answer{});
  EXPECT_EQ(first.calls, 1);

  // Also when the place has another user.
  ear second;
  ask(second);
  answer(id, get_answer{});
  EXPECT_EQ(first.calls, 1);
  EXPECT_EQ(second.calls, 0);
  answer(requests().at(0), get_answer{});
  EXPECT_EQ(second.calls, 1);
}

TEST_F(InboxTest, WhatIsNoAnswerIsDropped) {
  ear who;
  ask(who);
  auto id = requests().at(0);
  auto stray = internal::make_answer(get_answer{});
  ptr_->enqueue(std::move(stray), nullptr);
  auto request = internal::make_answer(get_answer{});
  request->mid = id;
  ptr_->enqueue(std::move(request), nullptr);
  EXPECT_EQ(who.calls, 0);
  answer(id, get_answer{});
  EXPECT_EQ(who.calls, 1);
}

TEST_F(InboxTest, ListenerIsNotCalledFromWithinAnother) {
  // Given one that asks again and is answered at once, as by a store that has
  // gone
  ear outer;
  ear inner;
  std::promise<void> inner_was_called;
  inner.then = [&] { inner_was_called.set_value(); };
  outer.then = [&] {
    ask(inner);
    answer(requests().at(0), get_answer{});
    EXPECT_EQ(inner.calls, 0);
  };
  ask(outer);

  answer(requests().at(0), get_answer{});

  // Then the inner one is called later, by a worker.
  inner_was_called.get_future().wait();
  EXPECT_EQ(inner.calls, 1);
}

TEST_F(InboxTest, ListenerThatThrowsIsLoggedAndHarmsNobody) {
  ear bad;
  bad.then = [] { throw std::runtime_error{"a secret"}; };
  ask(bad);
  answer(requests().at(0), get_answer{});
  EXPECT_EQ(bad.calls, 1);
  EXPECT_EQ(logged_, "a callback threw an exception");

  ear good;
  ask(good);
  answer(requests().at(0), get_answer{});
  EXPECT_EQ(good.calls, 1);
}

TEST_F(InboxTest, ListenersOfAnInboxThatEndsAreTold) {
  ear left;
  {
    caf::actor_config config;
    auto other = caf::make_actor<inbox, caf::strong_actor_ptr>(
      system_.next_actor_id(), system_.node(), &system_, config, log_sink{});
    static_cast<inbox*>(other->get())
      ->ask(store(), get_request{{"id", 1}, {}}, left);
    // Dropped: the request, as its sender, held the inbox.
    requests();
  }
  EXPECT_EQ(left.text, "shutting_down");
}

TEST_F(InboxTest, TooManyCallsAreOverloaded) {
  std::vector<ear> ears(inbox::max_due + 1);
  for (auto& x : ears)
    ask(x);
  EXPECT_EQ(ears.back().text, "overloaded");
  EXPECT_EQ(ears.front().calls, 0);
  // Room that was given back is used again.
  auto ids = requests();
  ASSERT_EQ(ids.size(), inbox::max_due);
  answer(ids[7], get_answer{});
  ear late;
  ask(late);
  EXPECT_EQ(late.calls, 0);
  EXPECT_EQ(requests().size(), 1u);
  // While those who wait are still here.
  ptr_ = nullptr;
  EXPECT_EQ(late.text, "shutting_down");
}

} // namespace
} // namespace obol::test
