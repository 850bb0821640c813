#include "obol/internal/polling_scheduler.hpp"
#include "obol/spawn_store.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <sched.h>
#include <thread>

namespace {

std::size_t workers_of(caf::actor_system_config& config) {
  caf::actor_system system{config};
  return system.scheduler().num_workers();
}

/// How many processors this thread may run on.
std::size_t usable() {
  cpu_set_t set;
  CPU_ZERO(&set);
  EXPECT_EQ(::sched_getaffinity(0, sizeof set, &set), 0);
  return static_cast<std::size_t>(CPU_COUNT(&set));
}

/// The calling thread may run on the processor it is on, and no other.
void stay_here() {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<std::size_t>(::sched_getcpu()), &set);
  ASSERT_EQ(::sched_setaffinity(0, sizeof set, &set), 0);
}

TEST(PollingSchedulerTest, HasAWorkerForEachProcessor) {
  caf::actor_system_config config;
  obol::load_scheduler(config);
  EXPECT_EQ(workers_of(config), usable());
}

// In a container, or a unit with CPUAffinity=.
TEST(PollingSchedulerTest, HasNoWorkersForProcessorsThatItMayNotUse) {
  std::jthread{[] {
    stay_here();
    caf::actor_system_config config;
    obol::load_scheduler(config);
    EXPECT_EQ(workers_of(config), 1u);
  }};
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

// What one system's worker runs for another would be lost at the end of the
// first.
TEST(PollingSchedulerTest, WorkerOfOneSystemIsNoneOfAnother) {
  caf::actor_system_config here_config;
  caf::actor_system_config there_config;
  obol::load_scheduler(here_config);
  obol::load_scheduler(there_config);
  caf::actor_system there{there_config};
  caf::actor_system here{here_config};
  std::atomic<bool> of_here{false};
  std::atomic<bool> of_there{true};
  here.spawn(
    [&](caf::event_based_actor* self, const caf::actor_system* other) {
      of_here = obol::internal::current_worker(self->system()) != nullptr;
      of_there = obol::internal::current_worker(*other) != nullptr;
    },
    &there);
  here.await_all_actors_done();
  EXPECT_TRUE(of_here);
  EXPECT_FALSE(of_there);
  EXPECT_EQ(obol::internal::current_worker(here), nullptr);
}

} // namespace
