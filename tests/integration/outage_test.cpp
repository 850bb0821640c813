#include <gmock/gmock.h>

#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "store_fixture.hpp"

// Connections and servers that go away under traffic.

namespace obol::test {

namespace {

/// Clients that each refresh a session of their own, over and over, and keep
/// book of what they were told.
class traffic {
public:
  static constexpr int clients = 6;

  explicit traffic(facade& store) : store_(store) {
    for (int i = 0; i < clients; ++i)
      threads_.emplace_back([this, i] { work(i); });
  }

  ~traffic() {
    stop();
  }

  void stop() {
    stopping_ = true;
    for (auto& x : threads_)
      x.join();
    threads_.clear();
  }

  /// Waits for this many more successes.
  bool goes_on(int more = 100) {
    auto seen = succeeded_.load();
    return eventually([&] { return succeeded_ > seen + more; });
  }

  std::map<std::string, int> outcomes() {
    std::lock_guard guard{mutex_};
    return outcomes_;
  }

  /// Whether somebody was told what the store could know to be false.
  int lies() const {
    return lies_;
  }

private:
  void work(int client) {
    for (int life = 0; !stopping_; ++life)
      live(new_session(std::to_string(client) + "-" + std::to_string(life)));
  }

  /// Until the session is gone, as happens when a server loses its memory.
  void live(session login) {
    // The versions that may be stored: one that was lost may be or not.
    auto highest = login.lock_version;
    while (!stopping_) {
      auto answer = store_.upsert(login);
      count(answer);
      if (answer) {
        login = *answer;
        highest = login.lock_version;
        continue;
      }
      auto told = outcome(answer);
      if (told == "gone")
        return;
      if (told == "outcome_unknown")
        highest = login.lock_version + 1;
      // Nobody else writes it, so only a lost write can be in the way.
      if (told == "conflict" && highest == login.lock_version)
        ++lies_;
      auto found = store_.get(login.key());
      count(found);
      if (!found)
        continue;
      if (!*found)
        return;
      auto version = (**found).lock_version;
      if (version < login.lock_version || version > highest)
        ++lies_;
      login = **found;
    }
  }

  template <class T>
  void count(const caf::expected<T>& x) {
    if (x)
      ++succeeded_;
    std::lock_guard guard{mutex_};
    ++outcomes_[outcome(x)];
  }

  facade& store_;
  std::atomic<bool> stopping_{false};
  std::atomic<int> succeeded_{0};
  std::atomic<int> lies_{0};
  std::mutex mutex_;
  std::map<std::string, int> outcomes_;
  std::vector<std::thread> threads_;
};

/// What a call may be told while connections come and go.
void expect_only(std::map<std::string, int> outcomes,
                 const std::vector<std::string>& allowed) {
  for (auto& x : allowed)
    outcomes.erase(x);
  EXPECT_THAT(outcomes, testing::IsEmpty());
}

} // namespace

class OutageTest : public StoreTest {};

OBOL_ON_EVERY_SERVER(OutageTest);

TEST_P(OutageTest, KilledConnectionsLoseNoCall) {
  // Given traffic.
  auto target = start();
  auto store = ready_store(*target);
  traffic clients{store};
  EXPECT_TRUE(clients.goes_on());

  // When all connections are killed, several times.
  constexpr int kills = 5;
  for (int i = 0; i < kills; ++i) {
    target->command({"CLIENT", "KILL", "TYPE", "normal"});
    EXPECT_TRUE(clients.goes_on());
  }
  clients.stop();

  // Then writes in flight were resolved, and what could not be sent says so.
  expect_only(clients.outcomes(), {"ok", "unavailable"});
  EXPECT_EQ(clients.lies(), 0);
  EXPECT_GE(store.status().connections_lost, static_cast<unsigned>(kills));
}

TEST_P(OutageTest, AServerThatDiesAndComesBackEmptyIsServedAgain) {
  // Given traffic.
  auto target = start();
  auto store = ready_store(*target);
  traffic clients{store};
  EXPECT_TRUE(clients.goes_on());

  // When the server is killed and returns without data and functions, twice.
  for (int i = 0; i < 2; ++i) {
    target->kill();
    EXPECT_TRUE(eventually(
      [&] { return store.status().phase == pool_phase::not_ready; }));
    target->restart();
    EXPECT_EQ(words(store.wait_ready(patience)), "ok");
    EXPECT_TRUE(clients.goes_on());
  }
  clients.stop();

  // Then every call was answered, with what its caller can act upon.
  expect_only(clients.outcomes(), {"ok", "unavailable", "gone",
                                   "outcome_unknown", "deadline_exceeded"});
  EXPECT_EQ(clients.lies(), 0);
  EXPECT_EQ(store.status().functions_loaded, 3u);
}

TEST_P(OutageTest, AHangingServerCostsNobodyMoreThanTheDeadline) {
  // Given a store that soon gives up on a silent connection.
  auto target = start();
  auto settings = options_for(*target);
  settings.command_timeout = 50ms;
  settings.connect_timeout = 200ms;
  auto store = ready_store(std::move(settings));
  auto login = store.upsert(new_session("a"));
  ASSERT_EQ(words(login), "ok");
  target->freeze();

  // Then calls end with what is known: reads failed, writes are in doubt.
  EXPECT_THAT(outcome(store.get(login->key(), 300ms)),
              testing::AnyOf("unavailable", "deadline_exceeded"));
  EXPECT_THAT(
    outcome(store.upsert(*login, 300ms)),
    testing::AnyOf("outcome_unknown", "unavailable", "deadline_exceeded"));
  EXPECT_TRUE(
    eventually([&] { return store.status().phase == pool_phase::not_ready; }));
  EXPECT_EQ(outcome(store.get(login->key())), "unavailable");

  // And the store is ready by itself when the server goes on.
  target->thaw();
  EXPECT_EQ(words(store.wait_ready(patience)), "ok");
  EXPECT_EQ(words(store.update_with(login->key(), [](session&) {})), "ok");
}

TEST_P(OutageTest, AStoreStartedBeforeItsServerBecomesReadyByItself) {
  auto target = start();
  target->kill();
  auto store = open_store(options_for(*target));
  EXPECT_EQ(outcome(store.wait_ready(50ms)), "unavailable");
  EXPECT_EQ(outcome(store.get(key_of("a"))), "unavailable");
  EXPECT_EQ(outcome(store.upsert(new_session("a"))), "unavailable");

  target->restart();

  EXPECT_EQ(words(store.wait_ready(patience)), "ok");
  EXPECT_EQ(words(store.upsert(new_session("a"))), "ok");
}

TEST_P(OutageTest, AServerThatBecomesAReplicaIsLeftUntilItIsPrimaryAgain) {
  auto target = start();
  auto store = ready_store(*target);
  auto login = store.upsert(new_session("a"));
  ASSERT_EQ(words(login), "ok");

  target->command({"REPLICAOF", "127.0.0.1", "1"});
  EXPECT_THAT(outcome(store.upsert(*login, 500ms)),
              testing::AnyOf("refused", "unavailable"));

  target->command({"REPLICAOF", "NO", "ONE"});
  EXPECT_TRUE(eventually([&] { return bool{store.upsert(*login)}; }));
}

TEST_P(OutageTest, WhatHasBecomeAReplicaIsNotReadFromOnceAWriteMetIt) {
  auto target = start();
  auto store = ready_store(*target);
  auto login = store.upsert(new_session("a"));
  ASSERT_EQ(words(login), "ok");

  // A planned failover leaves all connections open.
  target->command({"REPLICAOF", "127.0.0.1", "1"});
  EXPECT_NE(outcome(store.upsert(*login, 500ms)), "ok");

  // Where the session may have been deleted since, it must not be found here.
  for (int i = 0; i < 100; ++i)
    ASSERT_EQ(outcome(store.get(key_of("a"), 200ms)), "unavailable");
}

TEST_P(OutageTest, AFullServerRefusesWritesAndStillLogsOut) {
  auto target = start();
  auto store = ready_store(*target);
  auto login = store.upsert(new_session("a"));
  ASSERT_EQ(words(login), "ok");
  target->command({"CONFIG", "SET", "maxmemory", "1"});

  EXPECT_EQ(outcome(store.upsert(*login)), "refused");
  EXPECT_EQ(outcome(store.upsert(new_session("b"))), "refused");
  EXPECT_TRUE(value(store.get(login->key())));
  EXPECT_EQ(value(store.remove(login->key())), 1);
  EXPECT_FALSE(value(store.get(login->key())));
}

} // namespace obol::test
