#include "serve/herald.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <gmock/gmock.h>

#include <chrono>
#include <string>
#include <vector>

#include "support_actors/simulated_store.hpp"

using namespace obol;
using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

namespace {

class HeraldTest : public testing::Test {
protected:
  ~HeraldTest() override {
    world_.stop();
    caf::anon_send_exit(herald_, caf::exit_reason::user_shutdown);
    world_.run();
  }

  void start_herald(std::optional<std::chrono::microseconds> watchdog) {
    serve::herald_arguments arguments;
    arguments.store = world_.store;
    arguments.tell = [this](const std::string& x) {
      if (!is_deaf_)
        told_.push_back(x);
      return !is_deaf_;
    };
    arguments.watchdog = watchdog;
    herald_
      = world_.store->home_system().spawn(serve::herald, std::move(arguments));
    world_.run();
  }

  /// All that was told since the last call.
  std::string take() {
    std::string result;
    for (auto& x : std::exchange(told_, {}))
      result += x;
    return result;
  }

  int count(const std::string& all, const std::string& what) {
    int result = 0;
    for (auto at = all.find(what); at != std::string::npos;
         at = all.find(what, at + 1))
      ++result;
    return result;
  }

  test::simulated_store world_;
  std::vector<std::string> told_;
  /// What is told does not arrive.
  bool is_deaf_ = false;
  serve::herald_actor herald_;
};

} // namespace

TEST_F(HeraldTest, ReadinessIsToldOnceTheStoreHasIt) {
  // Given a store without a server,
  world_.network->refuse_connects(true);
  world_.start();
  start_herald(std::nullopt);
  world_.advance(5s);
  EXPECT_THAT(
    take(), AllOf(HasSubstr("STATUS=not ready: "), Not(HasSubstr("READY=1"))));

  // when the server comes, it is told, once,
  world_.network->refuse_connects(false);
  world_.advance(30s);
  auto all = take();
  EXPECT_EQ(count(all, "READY=1\n"), 1);
  EXPECT_THAT(all, HasSubstr("STATUS=ready: "));

  // and no more while nothing changes.
  world_.advance(60s);
  EXPECT_EQ(take(), "");
}

TEST_F(HeraldTest, SignsOfLifeComeTwiceInTheTimeThatIsAllowed) {
  world_.start_ready();
  start_herald(2s);
  take();
  world_.advance(10s);
  EXPECT_GE(count(take(), "WATCHDOG=1\n"), 9);
}

TEST_F(HeraldTest, AStoreThatLosesItsServerLivesAllTheSame) {
  // Given a store that was ready,
  world_.start_ready();
  start_herald(2s);

  // when its server goes,
  world_.network->refuse_connects(true);
  world_.network->drop_all(test::memory_network::ending::broken);
  world_.advance(1s);
  EXPECT_THAT(take(), HasSubstr("STATUS=not ready: "));

  // the signs of life go on.
  world_.advance(10s);
  EXPECT_GE(count(take(), "WATCHDOG=1\n"), 9);
}

TEST_F(HeraldTest, WhatDoesNotArriveIsToldAgain) {
  world_.start_ready();
  is_deaf_ = true;
  start_herald(std::nullopt);
  world_.advance(1s);
  is_deaf_ = false;
  world_.advance(1s);
  EXPECT_THAT(take(), AllOf(HasSubstr("READY=1\n"), HasSubstr("STATUS=ready")));
}

TEST_F(HeraldTest, AStoreThatHasEndedGetsNoSignOfLife) {
  // Given a store that was alive,
  world_.start_ready();
  start_herald(2s);
  EXPECT_THAT(take(), HasSubstr("WATCHDOG=1\n"));

  // when it has ended, nothing is told any more.
  world_.stop();
  world_.advance(10s);
  EXPECT_THAT(take(), Not(HasSubstr("WATCHDOG=1")));
}

TEST_F(HeraldTest, AStatusIsOneLine) {
  store_status x;
  x.reason = "first\nREADY=1";
  EXPECT_EQ(serve::status_line(x), "not ready: first READY=1");
}
