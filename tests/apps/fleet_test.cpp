#include "apps/patience.hpp"
#include "apps/serve_process.hpp"
#include "obol/testing/checker.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "fleet/written_operation.hpp"
#include "support/server.hpp"

using namespace obol::test;
using obol::ec;
using obol::testing::history;
using std::chrono::steady_clock;

namespace {

constexpr int node_count = 2;
constexpr int client_count = 4;

/// How often nodes are lost under load, and how long all is well before; a long
/// run is asked for with OBOL_TEST_FLEET_SECONDS.
constexpr int faults_of_short_runs = 4;
constexpr std::chrono::seconds interval_of_short_runs{1};
constexpr std::chrono::seconds interval_of_long_runs{5};

/// How long nodes are restarted in a short run.
constexpr std::chrono::seconds restarts_of_short_runs{5};

std::chrono::seconds long_run() {
  auto text = std::getenv("OBOL_TEST_FLEET_SECONDS");
  return std::chrono::seconds{text ? std::atoi(text) : 0};
}

/// Two nodes on one server, and four client processes.
class FleetTest : public testing::Test {
protected:
  void SetUp() override {
    auto kind = require_server("redis-7");
    if (!kind)
      GTEST_SKIP() << "no redis-7 on this machine";
    server_ = std::make_unique<server>(*kind);
    for (auto& node : nodes_) {
      node.arguments = {"--redis", "unix://" + server_->socket_path()};
      node.variables = {"OBOL_BASE_SECRET=planted-base-secret"};
      node.start_ready();
      // From here on it comes back where its clients know it.
      addresses_.push_back("127.0.0.1:" + std::to_string(node.port()));
      node.arguments.insert(node.arguments.end(),
                            {"--listen", addresses_.back()});
    }
  }

  static int faults() {
    auto wanted = static_cast<int>(long_run() / interval_of_long_runs);
    return std::max(faults_of_short_runs, wanted);
  }

  /// All is well for a while.
  static void wait_for_next_fault() {
    std::this_thread::sleep_for(faults() > faults_of_short_runs
                                  ? interval_of_long_runs
                                  : interval_of_short_runs);
  }

  /// Starts the clients; they go on until `finish`.
  void start_clients() {
    auto begin = steady_clock::now().time_since_epoch().count();
    auto seconds = std::time(nullptr);
    for (int i = 0; i < client_count; ++i) {
      auto name = folder_.path("history-" + std::to_string(i));
      process_input input;
      input.arguments = {std::to_string(begin),        std::to_string(seconds),
                         folder_.path("end"),          std::to_string(i),
                         std::to_string(client_count), name};
      input.arguments.insert(input.arguments.end(), addresses_.begin(),
                             addresses_.end());
      clients_.push_back(std::make_unique<background_process>(
        OBOL_FLEET_CLIENT, input, folder_.path("out"), folder_.path("err")));
      files_.push_back(name);
    }
  }

  /// Ends the load. @returns what the clients saw
  history finish() {
    folder_.write("end", "");
    for (auto& client : clients_)
      EXPECT_EQ(client->wait(), 0) << "a client process failed";
    std::vector<written_operation> all;
    for (auto& file : files_)
      for (auto& x : read_operations(file))
        all.push_back(std::move(x));
    auto result = merge(std::move(all));
    // Answers wait for a processor here, with all these processes on it.
    result.tick = std::chrono::seconds{1};
    return result;
  }

  /// Holds what happened against the rules, and makes sure that it was much.
  void judge(const history& what) {
    auto verdict = obol::testing::check(what);
    EXPECT_TRUE(verdict.acquitted()) << to_string(verdict);
    EXPECT_GT(verdict.counts.operations, 500u);
    EXPECT_GT(verdict.counts.upserts_applied, 50u);
    EXPECT_GT(verdict.counts.removals, 5u);
    std::cout << to_string(verdict) << '\n';
  }

  scratch_folder folder_;
  std::unique_ptr<server> server_;
  serve_process nodes_[node_count];
  std::vector<std::string> addresses_;
  std::vector<std::unique_ptr<background_process>> clients_;
  std::vector<std::string> files_;
};

/// Decisions of the store; all else is a call that came to nothing.
bool is_decided(const obol::testing::operation& x) {
  return x.succeeded() || x.error == ec::conflict || x.error == ec::gone;
}

} // namespace

TEST_F(FleetTest, NodesThatAreKilledLoseDoubleAndReviveNothing) {
  // Given load,
  start_clients();

  // when every few seconds a node is killed and started again,
  for (int i = 0; i < faults(); ++i) {
    wait_for_next_fault();
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
