#include "obol/error.hpp"
#include "obol/testing/simulation.hpp"

#include <gtest/gtest.h>

namespace obol::testing {
namespace {

using namespace std::chrono_literals;

session new_login(const simulation& world) {
  session result;
  result.id = "login";
  result.user_id = 42;
  result.created_at = result.refreshed_at = world.unix_seconds();
  result.refresh_expires_at = result.created_at + 3600;
  return result;
}

class SimulationTest : public ::testing::TestWithParam<server_model> {
protected:
  void start(simulation_options settings = {}) {
    settings.server = GetParam();
    world_.emplace(settings);
    auto store = world_->start_store();
    ASSERT_TRUE(store);
    store_ = *store;
    ASSERT_TRUE(world_->call(store_, wait_ready_request{5s}));
  }

  void TearDown() override {
    store_ = nullptr;
  }

  std::optional<simulation> world_;
  store_actor store_;
};

INSTANTIATE_TEST_SUITE_P(On, SimulationTest,
                         ::testing::Values(server_model::redis_7,
                                           server_model::redis_8,
                                           server_model::valkey_9));

TEST_P(SimulationTest, AStoreStoresFindsAndRemoves) {
  start();
  auto login = new_login(*world_);

  auto stored = world_->call(store_, upsert_request{login});
  ASSERT_TRUE(stored) << describe(stored.error());
  EXPECT_EQ(stored->lock_version, 1);

  auto found = world_->call(store_, get_request{login.key()});
  ASSERT_TRUE(found && found->session);
  EXPECT_EQ(*found->session, *stored);

  EXPECT_EQ(world_->call(store_, delete_request{login.key()})->count, 1);
  EXPECT_FALSE(world_->call(store_, get_request{login.key()})->session);
  auto late = world_->call(store_, upsert_request{*stored});
  EXPECT_EQ(code_of(late.error()), ec::gone);
}

TEST_P(SimulationTest, TimePassesOnlyWhileTheWorldRuns) {
  start();
  auto before = world_->now();
  auto calendar = world_->unix_seconds();

  world_->run_for(1h);

  EXPECT_EQ(world_->now() - before, 1h);
  EXPECT_EQ(world_->unix_seconds() - calendar, 3600);
}

TEST_P(SimulationTest, ASessionExpiresWithTheCalendarOfTheWorld) {
  start();
  auto login = new_login(*world_);
  ASSERT_TRUE(world_->call(store_, upsert_request{login}));

  world_->run_for(59min);
  EXPECT_TRUE(world_->call(store_, get_request{login.key()})->session);
  world_->run_for(2min);
  EXPECT_FALSE(world_->call(store_, get_request{login.key()})->session);
}

TEST_P(SimulationTest, AnInjectedFaultHappensAndIsCounted) {
  start();
  EXPECT_EQ(world_->happened()[fault::oom], 0u);

  world_->inject(fault::oom, 10s);
  auto refused = world_->call(store_, upsert_request{new_login(*world_)});

  EXPECT_EQ(code_of(refused.error()), ec::refused);
  EXPECT_GT(world_->happened()[fault::oom], 0u);
}

TEST_P(SimulationTest, AfterCalmTheStoreRecovers) {
  start();
  world_->inject(fault::restart_empty);
  world_->run_for(50ms);
  EXPECT_FALSE(world_->call(store_, get_request{new_login(*world_).key()}));

  world_->calm();

  EXPECT_TRUE(world_->call(store_, wait_ready_request{30s}));
  EXPECT_TRUE(world_->call(store_, upsert_request{new_login(*world_)}));
}

TEST_P(SimulationTest, RandomFaultsHappenUntilCalm) {
  start({.faults = {fault::hang_up}, .fault_interval = 100ms});

  world_->run_for(10s);
  auto happened = world_->happened()[fault::hang_up];
  EXPECT_GT(happened, 10u);

  world_->calm();
  world_->run_for(10s);
  EXPECT_EQ(world_->happened()[fault::hang_up], happened);
}

TEST_P(SimulationTest, TheTraceShowsNoIdAndNoPayload) {
  start({.trace_lines = 10'000});
  auto login = new_login(*world_);
  login.id = "canary-of-the-id";
  login.extra_payload.set("key", "canary-of-the-payload");
  ASSERT_TRUE(world_->call(store_, upsert_request{login}));
  ASSERT_TRUE(world_->call(store_, get_request{login.key()}));

  EXPECT_NE(world_->trace().find("FCALL"), std::string::npos);
  EXPECT_EQ(world_->trace().find("canary"), std::string::npos);
}

TEST(SimulationOptionsTest, AWrongSettingOfAStoreIsNamed) {
  simulation world{{}};
  auto settings = test_options();
  settings.pool.size = 0;

  auto store = world.start_store(std::move(settings));

  ASSERT_FALSE(store);
  EXPECT_NE(describe(store.error()).find("pool.size"), std::string::npos);
}

TEST(FaultTest, EveryNameLeadsBackToItsFault) {
  for (auto x : all_faults())
    EXPECT_EQ(fault_named(to_string(x)), x);
  EXPECT_FALSE(fault_named("weather"));
}

} // namespace
} // namespace obol::testing
