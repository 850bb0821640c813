#include <gmock/gmock.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>

#include "store_fixture.hpp"

// What the facade adds to the store: callbacks, events, retries, an end.

namespace obol::test {

namespace {

/// Receives one answer on some thread.
template <class T>
class answer {
public:
  facade::callback<T> callback() {
    return [to = promise_](caf::expected<T> x) { to->set_value(std::move(x)); };
  }

  caf::expected<T> wait() {
    if (future_.wait_for(patience) != std::future_status::ready)
      return caf::make_error(ec::deadline_exceeded,
                             std::string{"no callback came"});
    return future_.get();
  }

private:
  std::shared_ptr<std::promise<caf::expected<T>>> promise_
    = std::make_shared<std::promise<caf::expected<T>>>();
  std::future<caf::expected<T>> future_ = promise_->get_future();
};

/// Collects events on some thread.
class event_book {
public:
  std::function<void(const session_event&)> listener() {
    return [this](const session_event& x) {
      std::lock_guard guard{mutex_};
      lines_.push_back(to_string(x.kind) + " " + x.key.id);
      changed_.notify_all();
    };
  }

  std::vector<std::string> wait_for(std::size_t count) {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, patience, [&] { return lines_.size() >= count; });
    return lines_;
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
};

} // namespace

class CallsTest : public StoreTest {};

OBOL_ON_EVERY_SERVER(CallsTest);

TEST_P(CallsTest, EveryCallCanAnswerByCallback) {
  auto target = start();
  auto store = ready_store(*target);

  answer<session> stored;
  store.upsert(new_session("a"), stored.callback());
  EXPECT_EQ(words(stored.wait()), "ok");

  answer<std::optional<session>> found;
  store.get(key_of("a"), found.callback());
  EXPECT_TRUE(value(found.wait()));

  answer<std::vector<session>> all;
  store.get_all({some_user}, all.callback());
  EXPECT_EQ(value(all.wait()).size(), 1u);

  answer<std::int64_t> removed;
  store.remove(key_of("a"), removed.callback());
  EXPECT_EQ(value(removed.wait()), 1);

  answer<std::int64_t> removed_all;
  store.remove_all({some_user}, removed_all.callback());
  EXPECT_EQ(value(removed_all.wait()), 0);
}

TEST_P(CallsTest, CallbacksGetErrorsToo) {
  auto target = start();
  auto store = ready_store(*target);
  auto late = new_session("a");
  late.lock_version = 3;

  answer<session> refused;
  store.upsert(late, refused.callback());

  EXPECT_EQ(outcome(refused.wait()), "gone");
}

TEST_P(CallsTest, SubscribersHearOfEveryChangeInOrder) {
  // Given a subscriber, and a status asked for behind it, so that the store
  // has seen the subscription.
  auto target = start();
  auto store = ready_store(*target);
  event_book events;
  store.subscribe(events.listener());
  store.status();

  // When a login goes through its life, with a late writer.
  auto first = store.upsert(new_session("a"));
  ASSERT_EQ(words(first), "ok");
  ASSERT_EQ(words(store.upsert(*first)), "ok");
  ASSERT_EQ(outcome(store.upsert(*first)), "conflict");
  ASSERT_EQ(words(store.remove(first->key())), "ok");
  ASSERT_EQ(words(store.remove_all({some_user})), "ok");

  // Then each change was told, and reads were not.
  EXPECT_THAT(events.wait_for(5),
              testing::ElementsAre("created a", "refreshed a",
                                   "lock_conflict a", "deleted a",
                                   "deleted_all "));
}

TEST_P(CallsTest, UpdateWithReadsAgainAfterAConflict) {
  // Given somebody who writes between the first read and write.
  auto target = start();
  auto store = ready_store(*target);
  ASSERT_EQ(words(store.upsert(new_session("a"))), "ok");
  int calls = 0;
  auto change = [&](session& x) {
    if (++calls == 1) {
      EXPECT_EQ(words(store.upsert(x)), "ok");
    }
    x.refresh_token_id = "changed";
  };

  auto updated = store.update_with(key_of("a"), change);

  EXPECT_EQ(words(updated), "ok");
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(updated->lock_version, 3);
  EXPECT_EQ(value(store.get(key_of("a"))).value().refresh_token_id, "changed");
}

TEST_P(CallsTest, UpdateWithEndsAfterItsTries) {
  auto target = start();
  auto store = ready_store(*target);
  ASSERT_EQ(words(store.upsert(new_session("a"))), "ok");
  int calls = 0;
  auto lose = [&](session& x) {
    ++calls;
    EXPECT_EQ(words(store.upsert(x)), "ok");
  };

  EXPECT_EQ(outcome(store.update_with(key_of("a"), lose, 2)), "conflict");
  EXPECT_EQ(calls, 2);
}

TEST_P(CallsTest, UpdateWithOfNothingIsGone) {
  auto target = start();
  auto store = ready_store(*target);

  auto never = [](session&) { FAIL(); };

  EXPECT_EQ(outcome(store.update_with(key_of("a"), never)), "gone");
}

TEST_P(CallsTest, ClosingTheFacadeAnswersWhatIsUnderWay) {
  // Given many requests under way.
  auto target = start();
  std::atomic<int> answered{0};
  constexpr int count = 500;
  {
    auto store = ready_store(*target);
    for (int i = 0; i < count; ++i)
      store.upsert(new_session("s" + std::to_string(i)),
                   [&](const caf::expected<session>& x) {
                     EXPECT_THAT(outcome(x),
                                 testing::AnyOf("ok", "shutting_down"));
                     ++answered;
                   });
  }

  // Then closing has waited for all their answers.
  EXPECT_EQ(answered, count);
}

} // namespace obol::test
