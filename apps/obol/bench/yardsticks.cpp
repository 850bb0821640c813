#include "bench/yardsticks.hpp"

#include "bench/hiredis_load.hpp"

#include <memory>

namespace obol::bench {

namespace {

/// How many requests the floor has under way on its one connection.
constexpr std::size_t floor_depth = 64;

cell_report named(workload what, const std::string& who, double load) {
  auto name = std::string{name_of(what)};
  return {name + '/' + who, name, who, load, {}};
}

} // namespace

yardsticks::yardsticks(stage& on) : on_(on) {
  if (!on.settings.yardsticks || on.settings.verify)
    return;
  auto program = on.settings.benchmark_program;
  if (program.empty())
    program = redis_benchmark::find(on.settings.server).value_or("");
  if (program.empty())
    on.out.notes.push_back("redis-benchmark was not found: its yardsticks are "
                           "left out (Debian, Ubuntu: apt install "
                           "redis-tools)");
  else if (!redis_benchmark::can_reach(on.store_options))
    on.out.notes.push_back("redis-benchmark is left out: a password does not "
                           "belong in its arguments");
  else
    program_.emplace(std::move(program), on.store_options);
}

void yardsticks::add_cells(workload what, std::vector<cell>& to) {
  if (what == workload::get || what == workload::upsert) {
    add_hiredis(what, "hiredis/1", 1, 1, false, to);
    add_hiredis(what, "hiredis/10", 10, 1, false, to);
    add_hiredis(what, "hiredis-64", 1, floor_depth, false, to);
    add_hiredis(what, "hiredis-64-verified", 1, floor_depth, true, to);
  }
  // What it can do of an upsert is a login; it is measured once for both.
  auto done = what == workload::get || what == workload::upsert
              || (what == workload::login);
  if (program_ && done)
    for (auto pipeline : {1, 16})
      add_benchmark(what, pipeline, to);
}

void yardsticks::add_hiredis(workload what, const char* who,
                             std::size_t connections, std::size_t depth,
                             bool with_payload_work, std::vector<cell>& to) {
  auto clients = static_cast<double>(connections * depth);
  to.push_back({named(what, who, clients), [=, this] {
                  hiredis_plan plan{what == workload::get, connections, depth,
                                    with_payload_work, on_.next_load()};
                  auto run = std::make_shared<load_run>(connections);
                  auto threads
                    = start_hiredis(on_.store_options, on_.data, run, plan);
                  auto result = run->measure(on_.length(), on_.link);
                  if (!plan.reads) {
                    on_.data.clear(on_.link);
                    on_.data.load(on_.link);
                  }
                  return result;
                }});
}

void yardsticks::add_benchmark(workload what, int pipeline,
                               std::vector<cell>& to) {
  auto who = "redis-benchmark-P" + std::to_string(pipeline);
  to.push_back(
    {named(what, who, 10.0 * pipeline), [=, this] {
       if (what == workload::get)
         return program_->get(on_.link, on_.data, pipeline, on_.settings.time);
       auto result
         = program_->upsert(on_.link, on_.data, pipeline, on_.settings.time);
       on_.data.clear(on_.link);
       on_.data.load(on_.link);
       return result;
     }});
}

void add_ratios(report& to) {
  constexpr auto rate = metric::rate;
  constexpr auto p50 = metric::p50;
  add_ratio(to, "get/actors/50", "get/hiredis-64-verified", rate, ">= 0.6");
  add_ratio(to, "get/actors/200", "get/hiredis-64-verified", rate, ">= 0.8");
  add_ratio(to, "get/actors/50", "get/redis-benchmark-P16", rate, ">= 0.25");
  add_ratio(to, "get/actors/200", "get/redis-benchmark-P16", rate, ">= 0.35");
  add_ratio(to, "get/callbacks/50", "get/hiredis-64-verified", rate, ">= 0.6");
  add_ratio(to, "get/callbacks/200", "get/hiredis-64-verified", rate, ">= 0.8");
  add_ratio(to, "get/callbacks/50", "get/redis-benchmark-P16", rate, ">= 0.25");
  add_ratio(to, "get/callbacks/200", "get/redis-benchmark-P16", rate,
            ">= 0.35");
  add_ratio(to, "upsert/actors/50", "upsert/redis-benchmark-P16", rate,
            ">= 0.9");
  add_ratio(to, "upsert/actors/200", "upsert/redis-benchmark-P16", rate,
            ">= 0.9");
  add_ratio(to, "login/actors/200", "login/redis-benchmark-P16", rate, "");
  add_ratio(to, "upsert/actors/200", "upsert/hiredis-64-verified", rate, "");
  add_ratio(to, "get/actors/1", "get/hiredis/1", p50, "<= 3");
  add_ratio(to, "get/facade/1", "get/hiredis/1", p50, "<= 3.5");
  add_ratio(to, "get/callbacks/1", "get/hiredis/1", p50, "<= 3.5");
  add_ratio(to, "get/facade/10", "get/hiredis/10", rate, "");
  for (auto what : all_workloads)
    for (auto who : {"/actors/", "/callbacks/"}) {
      auto name = std::string{name_of(what)} + who;
      add_ratio(to, name + "12", name + "10", rate, ">= 1");
      add_ratio(to, name + "1000", name + "200", rate, ">= 1");
      for (auto clients : {"12", "50", "200", "1000"})
        add_ratio(to, name + clients, metric::p99, p50, "<= 4");
    }
}

} // namespace obol::bench
