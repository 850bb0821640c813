#include "obol/metrics.hpp"

#include <caf/send.hpp>
#include <gtest/gtest.h>

#include <numeric>
#include <random>

#include "support_actors/simulated_store.hpp"

namespace obol::test {
namespace {

using namespace std::chrono_literals;
using ending = memory_network::ending;

std::uint64_t sum(const std::map<std::string, std::uint64_t>& x) {
  return std::accumulate(
    x.begin(), x.end(), std::uint64_t{0},
    [](auto so_far, auto& y) { return so_far + y.second; });
}

/// Every request is counted once, with the outcome its client is told, whoever
/// answers it.
class MetricsOnceTest : public testing::Test {
protected:
  static options narrow_options() {
    auto result = simulated_store::small_options();
    result.pool.size = 1;
    result.pool.max_overflow = 0;
    result.pool.max_in_flight = 1;
    result.pool.max_waiting = 2;
    return result;
  }

  static void expect_equal(simulated_store& sim, std::uint64_t requests) {
    EXPECT_EQ(sim.counted(), sim.told);
    EXPECT_EQ(sum(sim.counted()), requests);
  }

  simulated_store sim;
};

TEST_F(MetricsOnceTest, RefusedBeforeTheStoreIsReady) {
  sim.network->refuse_connects(true);
  sim.start();
  sim.run();
  sim.get("sid");
  sim.remove("sid");
  sim.run();
  EXPECT_EQ(sim.told["get unavailable"], 1u);
  expect_equal(sim, 2);
}

TEST_F(MetricsOnceTest, RefusedByRules) {
  sim.start_ready();
  sim.get("l.sid");
  sim.get("sid", 11s);
  auto over = sim.sample();
  over.refresh_expires_at = over.refreshed_at - 1;
  sim.upsert(over);
  sim.run();
  expect_equal(sim, 3);
}

TEST_F(MetricsOnceTest, ShedByThePoolAndOverdueInIt) {
  simulated_store narrow{narrow_options()};
  narrow.start_ready();
  narrow.network->hold_replies(true);
  for (int i = 0; i < 5; ++i)
    narrow.get("sid", 300ms);
  narrow.run();
  EXPECT_EQ(narrow.told["get overloaded"], 2u);
  narrow.advance(400ms);
  EXPECT_EQ(narrow.told["get deadline_exceeded"], 3u);
  expect_equal(narrow, 5);
}

TEST_F(MetricsOnceTest, WaitedLongerThanTheCheckoutTimeout) {
  simulated_store narrow{narrow_options()};
  narrow.start_ready();
  narrow.network->hold_replies(true);
  narrow.get("sid", 5s);
  narrow.get("sid", 5s);
  narrow.advance(400ms);
  narrow.network->hold_replies(false);
  narrow.network->pause_server(true);
  narrow.advance(6s);
  expect_equal(narrow, 2);
}

TEST_F(MetricsOnceTest, SentAgainAfterALoss) {
  sim.start_ready();
  sim.network->hold_replies(true);
  sim.upsert(sim.sample());
  sim.get("sid");
  sim.run();
  sim.network->drop_all(ending::broken);
  sim.network->hold_replies(false);
  sim.advance(2s);
  EXPECT_EQ(sim.told["upsert ok"], 1u);
  expect_equal(sim, 2);
}

TEST_F(MetricsOnceTest, SentAgainOnceTheFunctionsAreBack) {
  sim.start_ready();
  sim.server.libraries.clear();
  sim.upsert(sim.sample());
  sim.run();
  EXPECT_EQ(sim.told["upsert ok"], 1u);
  expect_equal(sim, 1);
}

TEST_F(MetricsOnceTest, FunctionsThatCannotBeLoaded) {
  sim.start_ready();
  sim.server.libraries.clear();
  sim.server.instead = [](auto& request) -> std::optional<std::string> {
    if (request.at(0) == "FUNCTION" && request.at(1) == "LOAD")
      return resp::error("NOPERM this user has no permissions to run the "
                         "'function|load' command");
    return std::nullopt;
  };
  sim.upsert(sim.sample());
  sim.advance(3s);
  EXPECT_EQ(sim.told["upsert misconfigured"], 1u);
  expect_equal(sim, 1);
  sim.server.instead = nullptr;
}

TEST_F(MetricsOnceTest, KilledConnectionWithRequestsInFlightAndInItsQueue) {
  sim.start_ready();
  sim.network->hold_replies(true);
  sim.get("a");
  sim.upsert(sim.sample());
  sim.run();
  // These are put into a queue before the kill is heard, the last one finds it
  // closed and goes to the pool.
  sim.get("b");
  sim.remove("c");
  for (auto& x : sim.actors("obol.connection"))
    caf::anon_send_exit(x, caf::exit_reason::kill);
  sim.get_as(sim.make_client(), "d");
  sim.run();
  EXPECT_EQ(sim.told["get shutting_down"], 2u);
  EXPECT_EQ(sim.told["delete shutting_down"], 1u);
  EXPECT_EQ(sim.told["get unavailable"], 1u);
  sim.network->hold_replies(false);
  sim.advance(5s);
  expect_equal(sim, 5);
}

TEST_F(MetricsOnceTest, KilledPoolWithRequestsThatWaitAndInItsMailbox) {
  simulated_store narrow{narrow_options()};
  narrow.start_ready();
  narrow.network->hold_replies(true);
  narrow.get("a");
  narrow.get("b");
  narrow.run();
  caf::anon_send_exit(narrow.actors("obol.pool").at(0), caf::exit_reason::kill);
  narrow.get("c");
  narrow.run();
  narrow.network->hold_replies(false);
  narrow.advance(3s);
  expect_equal(narrow, 3);
}

TEST_F(MetricsOnceTest, StoppedWithRequestsEverywhere) {
  simulated_store narrow{narrow_options()};
  narrow.start_ready();
  narrow.network->hold_replies(true);
  narrow.get("a");
  narrow.get("b");
  narrow.run();
  caf::anon_send_exit(narrow.store, caf::exit_reason::user_shutdown);
  narrow.get("c");
  narrow.get("l.odd");
  narrow.run();
  narrow.get("d");
  narrow.get("l.odd");
  narrow.run();
  narrow.network->hold_replies(false);
  narrow.advance(3s);
  EXPECT_GE(narrow.told["get shutting_down"], 3u);
  expect_equal(narrow, 6);
}

TEST_F(MetricsOnceTest, StoreThatEndsBeforeItHasBegun) {
  sim.start();
  caf::anon_send_exit(sim.store, caf::exit_reason::kill);
  sim.get("a");
  sim.remove("b");
  sim.run();
  EXPECT_EQ(sim.told["get shutting_down"], 1u);
  expect_equal(sim, 2);
}

TEST_F(MetricsOnceTest, RequestNobodyWaitsForIsSentAgainWhenItIsLost) {
  sim.start_ready();
  sim.network->hold_replies(true);
  caf::anon_send(sim.store, delete_request{sim.sample().key()});
  sim.run();
  sim.network->drop_all(ending::broken);
  sim.network->hold_replies(false);
  sim.advance(2s);
  EXPECT_EQ(sim.counted(),
            (std::map<std::string, std::uint64_t>{{"delete ok", 1}}));
}

TEST_F(MetricsOnceTest, RequestNobodyWaitsForComesBackToADyingPool) {
  // Given a delete that was carried out, and whose reply is on the way
  sim.start_ready();
  sim.network->hold_replies(true);
  caf::anon_send(sim.store, delete_request{sim.sample().key()});
  sim.run();

  // When it is handed back to a pool that is killed
  sim.network->drop_all(ending::broken);
  sim.network->deliver();
  caf::anon_send_exit(sim.actors("obol.pool").at(0), caf::exit_reason::kill);
  sim.network->hold_replies(false);
  sim.advance(2s);

  // Then it counts as what it is: nobody knows.
  EXPECT_EQ(sim.counted(), (std::map<std::string, std::uint64_t>{
                             {"delete outcome_unknown", 1}}));
}

TEST_F(MetricsOnceTest, ClientThatDiedWhileItsRequestWaited) {
  simulated_store narrow{narrow_options()};
  narrow.start_ready();
  narrow.network->hold_replies(true);
  narrow.get("a");
  narrow.run();
  auto client = narrow.make_client();
  narrow.get_as(client, "b");
  narrow.run();
  narrow.kill(client.address());
  narrow.network->hold_replies(false);
  narrow.advance(1s);
  EXPECT_EQ(narrow.counted(), (std::map<std::string, std::uint64_t>{
                                {"get abandoned", 1}, {"get not_found", 1}}));
}

// -- anything, at any time ----------------------------------------------------

/// Requests and faults in an order that follows from a seed.
class random_life {
public:
  explicit random_life(unsigned seed) : random_(seed) {
    auto settings = simulated_store::small_options();
    settings.pool.max_in_flight = 2;
    settings.pool.max_waiting = 4;
    settings.deadline = 500ms;
    sim_.emplace(std::move(settings));
  }

  void run() {
    sim_->start();
    for (int i = 0; i < steps; ++i) {
      step(i);
      if (one_in(3))
        sim_->run();
      if (one_in(4))
        sim_->advance(20ms);
    }
    calm();
    sim_->advance(15s);
    EXPECT_EQ(sim_->counted(), sim_->told);
    EXPECT_EQ(sum(sim_->counted()), made_);
  }

private:
  static constexpr int steps = 120;
  static constexpr int stop_at = 100;

  bool one_in(unsigned n) {
    return random_() % n == 0;
  }

  void step(int i) {
    if (i == stop_at)
      caf::anon_send_exit(sim_->store, one_in(2)
                                         ? caf::exit_reason::kill
                                         : caf::exit_reason::user_shutdown);
    if (one_in(5))
      fault();
    else
      request();
  }

  void request() {
    ++made_;
    auto id = std::to_string(random_() % 4);
    switch (random_() % 7) {
      case 0:
        sim_->upsert(sim_->sample(id));
        break;
      case 1:
        sim_->remove(id);
        break;
      case 2:
        sim_->get_all();
        break;
      case 3:
        sim_->remove_all();
        break;
      case 4:
        sim_->get("l." + id);
        break;
      default:
        sim_->get(id);
    }
  }

  void fault() {
    switch (random_() % 8) {
      case 0:
        sim_->network->hold_replies(true);
        break;
      case 1:
        sim_->network->pause_server(true);
        break;
      case 2:
        sim_->network->drop_all(ending::broken);
        break;
      case 3:
        sim_->network->refuse_connects(true);
        break;
      case 4:
        sim_->server.libraries.clear();
        break;
      case 5:
        kill_one_of(one_in(4) ? "obol.pool" : "obol.connection");
        break;
      default:
        calm();
    }
  }

  /// Without letting it run, so that requests come behind.
  void kill_one_of(const char* name) {
    auto all = sim_->actors(name);
    if (!all.empty())
      caf::anon_send_exit(all[random_() % all.size()], caf::exit_reason::kill);
  }

  void calm() {
    sim_->network->hold_replies(false);
    sim_->network->pause_server(false);
    sim_->network->refuse_connects(false);
  }

  std::mt19937 random_;
  std::optional<simulated_store> sim_;
  std::uint64_t made_ = 0;
};

TEST(MetricsRandomTest, CountsAreWhatClientsWereToldWhateverHappens) {
  for (unsigned seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    random_life{seed}.run();
    if (testing::Test::HasFailure())
      return;
  }
}

} // namespace
} // namespace obol::test
