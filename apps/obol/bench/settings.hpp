#pragma once

#include "bench/dataset.hpp"
#include "bench/workload.hpp"
#include "cli/arguments.hpp"

#include <caf/expected.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace obol::bench {

/// What the flags of `obol bench` ask for, with the defaults.
struct bench_settings {
  // -- what is measured -------------------------------------------------------

  /// Closed loops: on, unless only other parts are named.
  bool closed_loop = true;

  /// Open loops at these shares of the measured maximum, in percent.
  std::vector<std::uint64_t> open_percents;

  /// Server time of both write guards.
  bool server_time = false;

  /// Cost over the number of stored sessions and of sessions of a user.
  bool growth = false;

  /// Calls outstanding with a node in another process; empty: no such part.
  std::vector<std::uint64_t> remote_clients;

  /// How long an idle store is watched; zero: not at all.
  std::chrono::nanoseconds idle{0};

  // -- the closed loops -------------------------------------------------------

  std::vector<workload> workloads{workload::get, workload::upsert};
  std::vector<std::uint64_t> clients{1, 10, 12, 50, 200, 1'000};
  bool by_actors = true;
  bool by_facade = true;
  bool by_callbacks = true;
  bool yardsticks = true;

  /// Histories are kept and held against the rules.
  bool verify = false;

  // -- all parts --------------------------------------------------------------

  std::chrono::nanoseconds time{std::chrono::seconds{1}};
  std::uint64_t rounds = 5;
  dataset_size size;

  /// For `growth`.
  std::vector<std::uint64_t> stored{1'000, 1'000'000};
  std::vector<std::uint64_t> per_user{1, 10, 100, 1'000};

  // -- where, and what is shown -----------------------------------------------

  std::string server = "redis-server";

  /// The program for yardsticks; empty: the one beside the server, or in PATH.
  std::string benchmark_program;

  /// `obol`, as the facade has it, or `sharing` or `stealing` of CAF.
  std::string scheduler = "obol";

  /// Server and store on processors of their own.
  bool processors_apart = false;

  std::string plot;
  bool json = false;
};

/// With more clients than this there is no cell for facade threads.
inline constexpr std::uint64_t facade_threads_max = 64;

/// Reads our own flags. Fails with `invalid_argument`, naming the flag.
caf::expected<bench_settings> read_settings(const cli::arguments& args);

} // namespace obol::bench
