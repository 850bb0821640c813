#include "obol/spawn_store.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <thread>

namespace {

std::size_t workers_of(caf::actor_system_config& config) {
  caf::actor_system system{config};
  return system.scheduler().num_workers();
}

TEST(PollingSchedulerTest, HasAWorkerForEachProcessor) {
  caf::actor_system_config config;
  obol::load_scheduler(config);
  EXPECT_EQ(workers_of(config),
            std::max(1u, std::thread::hardware_concurrency()));
}

TEST(PollingSchedulerTest, HasAsManyWorkersAsTheConfigurationSays) {
  caf::actor_system_config before;
  before.set("scheduler.max-threads", std::size_t{3});
  obol::load_scheduler(before);
  EXPECT_EQ(workers_of(before), 3u);

  caf::actor_system_config after;
  obol::load_scheduler(after);
  after.set("scheduler.max-threads", std::size_t{5});
  EXPECT_EQ(workers_of(after), 5u);
}

} // namespace
