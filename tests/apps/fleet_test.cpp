#include "apps/fleet_fixture.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <iostream>
#include <thread>

namespace obol::test {
namespace {

using std::chrono::steady_clock;

/// How often nodes are killed under load, and how long all is well before.
constexpr int kills_of_short_runs = 4;
constexpr std::chrono::seconds interval_of_short_runs{1};
constexpr std::chrono::seconds interval_of_long_runs{5};

/// How long nodes are restarted in a short run.
constexpr std::chrono::seconds restarts_of_short_runs{5};

TEST_F(FleetTest, NodesThatAreKilledLoseDoubleAndReviveNothing) {
  // Given load,
  start_clients();

  // when every few seconds a node is killed and started again,
  auto wanted = static_cast<int>(long_run() / interval_of_long_runs);
  auto interval = wanted > kills_of_short_runs ? interval_of_long_runs
                                               : interval_of_short_runs;
  for (int i = 0; i < std::max(wanted, kills_of_short_runs); ++i) {
    std::this_thread::sleep_for(interval);
    auto& node = nodes_[i % node_count];
    node.kill();
    node.start_ready();
  }

  // every call was answered, and all answers keep the rules.
  judge(finish());
}

TEST_F(FleetTest, ARollingRestartLosesNoCall) {
  // Given load,
  start_clients();

  // when the nodes are restarted in order, each as soon as the one before is
  // ready, again and again,
  auto end = steady_clock::now() + std::max(restarts_of_short_runs, long_run());
  int restarts = 0;
  for (; steady_clock::now() < end; ++restarts) {
    auto& node = nodes_[restarts % node_count];
    node.signal(SIGTERM);
    EXPECT_EQ(node.wait(), 0) << node.log();
    node.start_ready();
  }
  std::cout << restarts << " restarts\n";

  // no call came to nothing.
  auto all = finish();
  for (const auto& x : all.operations)
    EXPECT_TRUE(is_decided(x)) << to_string(x);
  judge(all);
}

} // namespace
} // namespace obol::test
