#include "bench/settings.hpp"

#include "bench/flag_values.hpp"
#include "bench/processors.hpp"
#include "cli/exit_code.hpp"
#include "servers/find_program.hpp"

#include <utility>

namespace obol::bench {

namespace {

std::string names_of_workloads() {
  std::string result;
  for (auto x : all_workloads)
    result += (result.empty() ? "" : ", ") + std::string{name_of(x)};
  return result + ", with commas between";
}

void read_workloads(flag_values& flags, bench_settings& to) {
  auto words = flags.words("workloads");
  if (words.empty())
    return;
  to.workloads.clear();
  for (const auto& word : words) {
    auto what = workload_named(word);
    if (!what)
      return flags.refuse("workloads", names_of_workloads());
    to.workloads.push_back(*what);
  }
}

void read_ways(flag_values& flags, bench_settings& to) {
  auto words = flags.words("by");
  if (words.empty())
    return;
  to.by_actors = to.by_facade = to.by_callbacks = false;
  for (const auto& word : words) {
    if (word == "actors")
      to.by_actors = true;
    else if (word == "facade")
      to.by_facade = true;
    else if (word == "callbacks")
      to.by_callbacks = true;
    else
      flags.refuse("by", "actors, facade, callbacks, or more of them with "
                         "commas between");
  }
}

/// One of two words.
void read_choice(flag_values& flags, const char* flag, bool& target,
                 const std::string& if_true, const std::string& if_false) {
  auto words = flags.words(flag);
  if (words.empty())
    return;
  if (words.size() != 1 || (words[0] != if_true && words[0] != if_false))
    return flags.refuse(flag, if_true + " or " + if_false);
  target = words[0] == if_true;
}

void read_scheduler(flag_values& flags, std::string& target) {
  auto words = flags.words("scheduler");
  if (words.empty())
    return;
  if (words.size() != 1
      || (words[0] != "obol" && words[0] != "sharing"
          && words[0] != "stealing"))
    return flags.refuse("scheduler", "obol, sharing or stealing");
  target = words[0];
}

/// A program that must be there.
void read_program(flag_values& flags, const char* flag, std::string& target) {
  flags.text(flag, target);
  if (target.empty())
    return;
  if (auto found = servers::find_program(target))
    target = std::move(*found);
  else
    flags.refuse(flag, "a program in PATH, or its path");
}

/// Parts that are named leave the closed loops out; `--all` names every part.
void read_parts(const cli::arguments& args, flag_values& flags,
                bench_settings& to) {
  if (args.has("all")) {
    to.open_percents = {30, 50, 70};
    to.idle = std::chrono::seconds{5};
    to.remote_clients = {1, 50, 500};
  }
  flags.numbers("open", to.open_percents, 1, 100);
  flags.numbers("remote", to.remote_clients, 1, 1'000);
  flags.seconds("idle", to.idle, 0.01, 3'600);
  to.server_time = args.has("server-time") || args.has("all");
  to.growth = args.has("growth") || args.has("all");
  to.verify = args.has("verify");
  auto others = to.server_time || to.growth || !to.open_percents.empty()
                || to.idle.count() > 0 || !to.remote_clients.empty();
  to.closed_loop = args.has("all") || to.verify || !others;
}

caf::error check(const bench_settings& x) {
#ifndef OBOL_BENCH_VERIFY
  if (x.verify)
    return cli::usage_error("--verify needs a build with obol::testing "
                            "(OBOL_BUILD_TESTING=ON)");
#endif
  if (x.scheduler != "obol" && !x.by_actors)
    return cli::usage_error("--scheduler " + x.scheduler
                            + ": the facade has a scheduler of its own; use "
                              "--by actors");
  if (x.verify && !x.open_percents.empty())
    return cli::usage_error("--verify and --open exclude each other");
  if (x.processors_apart && processors::usable() < processors::apart_min)
    return cli::usage_error("--processors apart: this process may run on one "
                            "only");
  return {};
}

} // namespace

caf::expected<bench_settings> read_settings(const cli::arguments& args) {
  bench_settings result;
  flag_values flags{args};
  read_parts(args, flags, result);
  read_workloads(flags, result);
  read_ways(flags, result);
  read_choice(flags, "yardsticks", result.yardsticks, "on", "off");
  read_scheduler(flags, result.scheduler);
  read_choice(flags, "processors", result.processors_apart, "apart", "shared");
  flags.numbers("clients", result.clients, 1, 10'000);
  flags.seconds("seconds", result.time, 0.01, 3'600);
  flags.number("rounds", result.rounds, 1, 1'000);
  flags.number("payload", result.size.payload, 0, 65'536);
  flags.number("sessions", result.size.sessions, 1, 10'000'000);
  flags.numbers("stored", result.stored, 1, 10'000'000);
  flags.numbers("per-user", result.per_user, 1, 9'999);
  flags.text("server", result.server);
  read_program(flags, "redis-benchmark", result.benchmark_program);
  flags.text("plot", result.plot);
  result.json = args.has("json");
  if (flags.error())
    return flags.error();
  if (auto error = check(result))
    return error;
  if (result.scheduler != "obol")
    result.by_facade = result.by_callbacks = false;
  return result;
}

} // namespace obol::bench
