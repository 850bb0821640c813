#include "apps/fleet_fixture.hpp"

#include "obol/testing/checker.hpp"

#include <cstdlib>
#include <ctime>
#include <iostream>
#include <utility>

#include "fleet/written_operation.hpp"

namespace obol::test {

std::chrono::seconds long_run() {
  auto text = std::getenv("OBOL_TEST_FLEET_SECONDS");
  return std::chrono::seconds{text ? std::atoi(text) : 0};
}

void FleetTest::SetUp() {
  auto kind = require_server("redis-7");
  if (!kind)
    GTEST_SKIP() << "no redis-7 on this machine";
  server_ = std::make_unique<server>(*kind);
  for (auto& node : nodes_) {
    node.arguments = {"--redis", "unix://" + server_->socket_path()};
    node.variables = {"OBOL_BASE_SECRET=planted-base-secret",
                      "OBOL_POOL_OVERFLOW_LINGER="
                        + std::to_string(overflow_linger.count()) + "ms"};
    node.start_ready();
    // From here on it comes back where its clients know it.
    addresses_.push_back("127.0.0.1:" + std::to_string(node.port()));
    node.arguments.insert(node.arguments.end(),
                          {"--listen", addresses_.back()});
  }
}

void FleetTest::start_clients(load_plan plan) {
  plan.begin = load_plan::clock::now();
  plan.begin_seconds = std::time(nullptr);
  plan.end_mark = folder_.path("end");
  plan.processes = client_count;
  // A client ends by itself only if the test does not.
  plan.limit = long_run() + std::chrono::seconds{600};
  plan_ = plan;
  for (plan.process = 0; plan.process < client_count; ++plan.process) {
    files_.push_back(folder_.path("history-" + std::to_string(plan.process)));
    clients_.push_back(start_client(plan, files_.back()));
  }
}

std::unique_ptr<background_process>
FleetTest::start_client(const load_plan& plan, const std::string& file) {
  process_input input;
  input.arguments = plan.words();
  input.arguments.insert(input.arguments.begin(), file);
  input.arguments.insert(input.arguments.end(), addresses_.begin(),
                         addresses_.end());
  return std::make_unique<background_process>(
    OBOL_FLEET_CLIENT, input, folder_.path("out"), folder_.path("err"));
}

testing::history FleetTest::finish() {
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

void FleetTest::judge(const testing::history& what) {
  auto verdict = obol::testing::check(what);
  EXPECT_TRUE(verdict.acquitted()) << to_string(verdict);
  EXPECT_GT(verdict.counts.operations, 500u);
  EXPECT_GT(verdict.counts.upserts_applied, 50u);
  EXPECT_GT(verdict.counts.removals, 5u);
  std::cout << to_string(verdict) << '\n';
}

bool is_decided(const testing::operation& x) {
  return x.succeeded() || x.error == ec::conflict || x.error == ec::gone;
}

} // namespace obol::test
