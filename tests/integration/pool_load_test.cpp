#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <gmock/gmock.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <numeric>
#include <sstream>
#include <thread>

#include "obol/internal/pool_ledger.hpp"
#include "store_fixture.hpp"

// The pool with more work than connections. A server that is stopped in its
// tracks keeps requests in flight for as long as a test likes.

namespace obol::test {

namespace {

/// A number in the server's INFO.
std::int64_t info(server& target, const std::string& section,
                  const std::string& field) {
  std::istringstream lines{target.command({"INFO", section}).text};
  for (std::string line; std::getline(lines, line);)
    if (line.rfind(field + ":", 0) == 0)
      return std::stoll(line.substr(field.size() + 1));
  throw std::runtime_error{"INFO has no " + field};
}

/// How many connections of the store the server sees.
std::size_t connections_on(server& target) {
  std::istringstream lines{target.command({"CLIENT", "LIST"}).text};
  std::size_t result = 0;
  for (std::string line; std::getline(lines, line);)
    result += line.find(" name=obol ") != std::string::npos;
  return result;
}

/// A client that makes one request and waits for the answer.
void ask_once(caf::event_based_actor* self, const store_actor& store) {
  self->request(store, caf::infinite, get_request{key_of("a")})
    .then([](const get_answer&) {});
}

/// Collects the outcomes of calls with callbacks.
class outcome_book {
public:
  template <class T>
  facade::callback<T> callback() {
    return [this](const caf::expected<T>& x) {
      std::lock_guard guard{mutex_};
      outcomes_.push_back(outcome(x));
      changed_.notify_all();
    };
  }

  std::vector<std::string> wait_for(std::size_t count) {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, patience,
                      [&] { return outcomes_.size() >= count; });
    return outcomes_;
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> outcomes_;
};

} // namespace

class PoolLoadTest : public StoreTest {
protected:
  /// Exclusive connections, a short queue, and no impatience.
  static options narrow(const server& target, std::size_t size,
                        std::size_t max_overflow, std::size_t max_waiting) {
    auto result = options_for(target);
    result.pool.size = size;
    result.pool.max_overflow = max_overflow;
    result.pool.max_in_flight = 1;
    result.pool.max_waiting = max_waiting;
    result.pool.checkout_timeout = longest;
    result.health_check_interval = 10min;
    return result;
  }

  /// Asks with a callback and waits until the store has the request.
  static void ask(facade& store, outcome_book& book, std::uint32_t in_flight,
                  std::uint32_t waiting) {
    store.get(key_of("a"), book.callback<std::optional<session>>());
    EXPECT_TRUE(eventually([&] {
      auto pool = store.status().pool;
      return pool.in_flight == in_flight && pool.waiting == waiting;
    }));
  }

  /// All permanent connections are there, too.
  static void wait_for_connections(facade& store, std::size_t count) {
    EXPECT_TRUE(eventually([&] {
      auto pool = store.status().pool;
      return pool.idle + pool.busy == count;
    }));
  }
};

OBOL_ON_EVERY_SERVER(PoolLoadTest);

TEST_P(PoolLoadTest, TwoHundredClientsShareAtMostFifteenConnections) {
  // Given two hundred clients, each of which asks again when answered.
  constexpr int clients = 200;
  constexpr int calls_each = 20;
  auto target = start();
  auto before = info(*target, "stats", "total_connections_received");
  auto settings = options_for(*target);
  settings.pool.max_in_flight = 1;
  settings.pool.checkout_timeout = longest;
  auto store = ready_store(std::move(settings));
  ASSERT_EQ(words(store.upsert(new_session("a"))), "ok");
  std::atomic<int> answered{0};
  std::function<void(int)> call = [&](int left) {
    store.get(key_of("a"), [&, left](const auto& x) {
      EXPECT_EQ(outcome(x), "ok");
      ++answered;
      if (left > 1)
        call(left - 1);
    });
  };

  // When all of them are at it.
  for (int i = 0; i < clients; ++i)
    call(calls_each);
  EXPECT_TRUE(eventually([&] { return answered == clients * calls_each; }));

  // Then there never were more connections than the pool allows, with
  // overflow, and the one the registrar used before.
  auto status = store.status();
  EXPECT_GT(status.pool.overflow, 0u);
  EXPECT_LE(connections_on(*target), 15u);
  EXPECT_LE(status.connections_opened, 16u);
  EXPECT_LE(info(*target, "stats", "total_connections_received") - before, 16);
}

TEST_P(PoolLoadTest, OverflowComesUnderLoadLingersAndGoes) {
  // Given two connections that hang.
  auto target = start();
  auto settings = narrow(*target, 2, 2, 10);
  settings.pool.overflow_linger = 50ms;
  auto store = ready_store(std::move(settings));
  wait_for_connections(store, 2);
  EXPECT_EQ(store.status().phase, pool_phase::ready);
  target->freeze();

  // When more is asked than they can carry.
  outcome_book book;
  for (int i = 0; i < 6; ++i)
    store.get(key_of("a"), book.callback<std::optional<session>>());
  EXPECT_TRUE(eventually([&] { return store.status().pool.overflow == 2; }));
  target->thaw();

  // Then two more connections helped, and are closed when nothing is left.
  EXPECT_THAT(book.wait_for(6), testing::Each("ok"));
  EXPECT_TRUE(eventually([&] { return store.status().pool.overflow == 0; }));
  EXPECT_TRUE(eventually([&] { return connections_on(*target) == 2; }));
  EXPECT_EQ(store.status().phase, pool_phase::ready);
  EXPECT_EQ(store.status().connections_lost, 0u);
}

TEST_P(PoolLoadTest, AFullQueueIsOverloadedAtOnce) {
  // Given one connection in use, and a full queue.
  auto target = start();
  auto store = ready_store(narrow(*target, 1, 0, 2));
  target->freeze();
  outcome_book waiting;
  ask(store, waiting, 1, 0);
  ask(store, waiting, 1, 1);
  ask(store, waiting, 1, 2);

  // When one more comes, then it is turned away while the others still wait.
  EXPECT_EQ(outcome(store.get(key_of("a"))), "overloaded");
  EXPECT_EQ(waiting.wait_for(0).size(), 0u);
  auto status = store.status();
  EXPECT_EQ(status.phase, pool_phase::full);
  EXPECT_EQ(status.pool.waiting, 2u);
  EXPECT_EQ(status.pool.in_flight, 1u);

  // And those are answered when the server is back.
  target->thaw();
  EXPECT_THAT(waiting.wait_for(3), testing::Each("ok"));
}

TEST_P(PoolLoadTest, WhoWaitsTooLongForRoomIsOverloaded) {
  auto target = start();
  auto settings = narrow(*target, 1, 0, 2);
  settings.pool.checkout_timeout = 30ms;
  auto store = ready_store(std::move(settings));
  target->freeze();
  outcome_book first;
  ask(store, first, 1, 0);

  EXPECT_EQ(outcome(store.get(key_of("a"))), "overloaded");

  target->thaw();
  EXPECT_THAT(first.wait_for(1), testing::ElementsAre("ok"));
}

TEST_P(PoolLoadTest, RequestsGoRoundAllConnections) {
  auto target = start();
  auto settings = options_for(*target);
  settings.pool.size = 4;
  settings.pool.max_overflow = 0;
  auto store = ready_store(std::move(settings));
  wait_for_connections(store, 4);

  constexpr int burst = internal::pool_ledger::routing_burst;
  constexpr int count = 4 * 5 * burst;
  auto before = store.status().pool.routed;
  for (int i = 0; i < count; ++i)
    ASSERT_EQ(words(store.get(key_of("a"))), "ok");

  // One at a time or many, the turn passes on, so each gets its part.
  auto routed = store.status().pool.routed;
  ASSERT_EQ(routed.size(), 4u);
  for (std::size_t i = 0; i < routed.size(); ++i)
    EXPECT_NEAR(static_cast<double>(routed[i] - before[i]), count / 4.0, burst);
}

TEST_P(PoolLoadTest, AClientThatDiesWhileWaitingKeepsNoPlace) {
  // Given a connection in use, and a queue that one client fills.
  auto target = start();
  auto store = ready_store(narrow(*target, 1, 0, 1));
  target->freeze();
  outcome_book first;
  ask(store, first, 1, 0);
  auto client = store.system().spawn(ask_once, store.actor());
  EXPECT_TRUE(eventually([&] { return store.status().pool.waiting == 1; }));

  // When it dies, then its place is free for the next one.
  caf::anon_send_exit(client, caf::exit_reason::kill);
  client = nullptr;
  EXPECT_TRUE(eventually([&] { return store.status().pool.waiting == 0; }));
  outcome_book next;
  ask(store, next, 1, 1);

  target->thaw();
  EXPECT_THAT(first.wait_for(1), testing::ElementsAre("ok"));
  EXPECT_THAT(next.wait_for(1), testing::ElementsAre("ok"));
}

TEST_P(PoolLoadTest, AClientThatDiesInFlightKeepsNoConnection) {
  auto target = start();
  auto store = ready_store(narrow(*target, 1, 0, 1));
  target->freeze();
  auto client = store.system().spawn(ask_once, store.actor());
  EXPECT_TRUE(eventually([&] { return store.status().pool.in_flight == 1; }));

  caf::anon_send_exit(client, caf::exit_reason::kill);
  client = nullptr;
  target->thaw();

  EXPECT_EQ(words(store.get(key_of("a"))), "ok");
  EXPECT_TRUE(eventually([&] { return store.status().pool.in_flight == 0; }));
  EXPECT_EQ(store.status().connections_lost, 0u);
}

} // namespace obol::test
