#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <latch>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "store_fixture.hpp"

// Nobody overwrites what they have not read, and a deleted session stays away.

namespace obol::test {

class LockingTest : public LayoutStoreTest {};

OBOL_ON_EVERY_LAYOUT(LockingTest);

TEST_P(LockingTest, OfFiftyConcurrentRefreshesExactlyOneSucceeds) {
  // Given one session that fifty writers have read.
  constexpr int writers = 50;
  auto store = ready_store(settings());
  auto login = store.upsert(new_session("a"));
  ASSERT_EQ(words(login), "ok");

  // When all of them write at once.
  std::map<std::string, int> outcomes;
  std::mutex mutex;
  std::latch start{writers};
  std::vector<std::thread> threads;
  for (int i = 0; i < writers; ++i)
    threads.emplace_back([&, mine = *login, i]() mutable {
      mine.refresh_token_id = "writer-" + std::to_string(i);
      start.arrive_and_wait();
      auto answer = store.upsert(mine);
      std::lock_guard guard{mutex};
      ++outcomes[outcome(answer)];
    });
  for (auto& x : threads)
    x.join();

  // Then one has won, the others know that they have not, and there was one
  // write.
  EXPECT_EQ(outcomes,
            (std::map<std::string, int>{{"ok", 1}, {"conflict", writers - 1}}));
  EXPECT_EQ(value(store.get(login->key())).value().lock_version, 2);
  EXPECT_EQ(writes_in_ring("a"), 2u);
}

TEST_P(LockingTest, OfFiftyConcurrentFirstWritesExactlyOneSucceeds) {
  constexpr int writers = 50;
  auto store = ready_store(settings());
  std::atomic<int> stored{0};
  std::atomic<int> conflicts{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < writers; ++i)
    threads.emplace_back([&] {
      auto answer = outcome(store.upsert(new_session("a")));
      stored += answer == "ok";
      conflicts += answer == "conflict";
    });
  for (auto& x : threads)
    x.join();

  EXPECT_EQ(stored, 1);
  EXPECT_EQ(conflicts, writers - 1);
}

TEST_P(LockingTest, ALateRefreshAfterADeleteIsGone) {
  auto store = ready_store(settings());
  auto login = store.upsert(new_session("a"));
  ASSERT_EQ(words(login), "ok");
  ASSERT_EQ(words(store.remove(login->key())), "ok");

  EXPECT_EQ(outcome(store.upsert(*login)), "gone");
  EXPECT_EQ(outcome(store.upsert(new_session("a"))), "gone");

  EXPECT_FALSE(value(store.get(login->key())));
}

TEST_P(LockingTest, EveryKindOfDeleteIsFinal) {
  // Given sessions that somebody is about to refresh.
  auto store = ready_store(settings());
  std::vector<session> logins;
  for (auto* id : {"a", "b", "c"}) {
    auto login = new_session(id);
    login.created_at -= id == std::string{"b"} ? 100 : 0;
    logins.push_back(value(store.upsert(login)));
  }

  // When each is deleted in another way.
  EXPECT_EQ(value(store.revoke_before({some_user}, unix_now() - 50)), 1);
  EXPECT_EQ(value(store.remove_others(key_of("a"))), 1);
  EXPECT_EQ(value(store.remove_all({some_user})), 1);

  // Then no refresh brings one back.
  for (auto& login : logins)
    EXPECT_EQ(outcome(store.upsert(login)), "gone") << login.id;
  EXPECT_TRUE(value(store.get_all({some_user})).empty());
}

TEST_P(LockingTest, AWriterFromTheFutureConflicts) {
  auto store = ready_store(settings());
  auto login = store.upsert(new_session("a"));
  ASSERT_EQ(words(login), "ok");
  login->lock_version = 5;

  EXPECT_EQ(outcome(store.upsert(*login)), "conflict");
}

// -- many at once -------------------------------------------------------------

namespace {

/// What threads do to a few sessions at once, and what they may not see.
class hammer {
public:
  static constexpr int threads = 8;
  static constexpr int operations = 250;
  static constexpr std::size_t hot_sessions = 3;

  explicit hammer(facade& store) : store_(store) {
    for (auto& slot : slots_)
      slot = create();
  }

  void run() {
    std::vector<std::thread> running;
    for (int i = 0; i < threads; ++i)
      running.emplace_back([this, i] { work(static_cast<unsigned>(i)); });
    for (auto& x : running)
      x.join();
  }

  /// After everything: none of the deleted ones is there.
  void check_deleted() {
    std::set<std::string> alive;
    auto found = store_.get_all({some_user});
    ASSERT_EQ(words(found), "ok");
    for (auto& x : *found)
      alive.insert(x.id);
    for (auto& id : deleted_) {
      EXPECT_FALSE(value(store_.get(key_of(id)))) << id << " came back";
      EXPECT_EQ(alive.count(id), 0u) << id << " is listed again";
    }
  }

  std::size_t deleted() const {
    return deleted_.size();
  }

  std::map<std::string, int> refreshes;

private:
  std::string create() {
    auto id = "s" + std::to_string(next_id_++);
    EXPECT_EQ(words(store_.upsert(new_session(id))), "ok");
    note_write(id, 1);
    return id;
  }

  void work(unsigned seed) {
    std::minstd_rand random{seed + 1};
    session old_copy;
    for (int i = 0; i < operations; ++i) {
      auto slot = random() % hot_sessions;
      auto id = id_in(slot);
      if (random() % 20 == 0)
        remove(id, slot);
      else if (random() % 10 == 0 && old_copy.lock_version > 0)
        store(old_copy);
      else
        refresh(id, old_copy);
    }
  }

  std::string id_in(std::size_t slot) {
    std::lock_guard guard{mutex_};
    return slots_[slot];
  }

  bool was_deleted(const std::string& id) {
    std::lock_guard guard{mutex_};
    return deleted_.count(id) > 0;
  }

  void refresh(const std::string& id, session& copy) {
    auto dead_before_read = was_deleted(id);
    auto found = store_.get(key_of(id));
    ASSERT_EQ(words(found), "ok");
    if (!*found)
      return;
    EXPECT_FALSE(dead_before_read) << id << " was read after its delete";
    copy = **found;
    store(copy);
  }

  void store(const session& x) {
    auto dead_before_write = was_deleted(x.id);
    auto answer = store_.upsert(x);
    if (answer) {
      EXPECT_FALSE(dead_before_write) << x.id << " was stored after its delete";
      note_write(x.id, answer->lock_version);
    }
    std::lock_guard guard{mutex_};
    ++refreshes[outcome(answer)];
  }

  void remove(const std::string& id, std::size_t slot) {
    ASSERT_EQ(words(store_.remove(key_of(id))), "ok");
    bool first = false;
    {
      std::lock_guard guard{mutex_};
      first = deleted_.insert(id).second;
    }
    if (!first)
      return;
    auto fresh = create();
    std::lock_guard guard{mutex_};
    slots_[slot] = fresh;
  }

  void note_write(const std::string& id, std::int64_t lock_version) {
    std::lock_guard guard{mutex_};
    EXPECT_TRUE(writes_.emplace(id, lock_version).second)
      << id << " was stored twice as version " << lock_version;
  }

  facade& store_;
  std::atomic<int> next_id_{0};
  std::mutex mutex_;
  std::array<std::string, hot_sessions> slots_;
  std::set<std::string> deleted_;
  std::set<std::pair<std::string, std::int64_t>> writes_;
};

} // namespace

TEST_P(LockingTest, UnderFireADeletedSessionNeverComesBack) {
  auto store = ready_store(settings());
  hammer workload{store};

  workload.run();

  workload.check_deleted();
  EXPECT_GT(workload.deleted(), 20u);
  EXPECT_GT(workload.refreshes["ok"], 0);
  for (auto& [what, count] : workload.refreshes)
    EXPECT_TRUE(what == "ok" || what == "conflict" || what == "gone")
      << count << " times " << what;
}

} // namespace obol::test
