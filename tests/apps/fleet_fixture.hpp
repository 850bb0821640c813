#pragma once

#include "apps/process.hpp"
#include "apps/serve_process.hpp"
#include "obol/testing/history.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "config/scratch_folder.hpp"
#include "fleet/load_plan.hpp"
#include "support/server.hpp"

namespace obol::test {

/// How long a run shall be that is asked for with OBOL_TEST_FLEET_SECONDS, else
/// 0.
std::chrono::seconds long_run();

/// Two nodes on one server, and four client processes.
class FleetTest : public ::testing::Test {
protected:
  static constexpr int node_count = 2;
  static constexpr int client_count = 4;

  /// Short, so that connections come and go all the time.
  static constexpr std::chrono::milliseconds overflow_linger{2'000};

  void SetUp() override;

  /// Starts the clients; they go on until `finish`.
  void start_clients(load_plan plan = {});

  /// Starts one process.
  std::unique_ptr<background_process> start_client(const load_plan& plan,
                                                   const std::string& file);

  /// Ends the load. @returns what the clients saw
  testing::history finish();

  /// Holds what happened against the rules, and makes sure that it was much.
  static void judge(const testing::history& what);

  scratch_folder folder_;
  std::unique_ptr<server> server_;
  serve_process nodes_[node_count];
  std::vector<std::string> addresses_;
  load_plan plan_;
  std::vector<std::unique_ptr<background_process>> clients_;
  std::vector<std::string> files_;
};

/// Decisions of the store; all else is a call that came to nothing.
bool is_decided(const testing::operation& x);

} // namespace obol::test
