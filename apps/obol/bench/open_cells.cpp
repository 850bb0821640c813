#include "bench/open_cells.hpp"

#include "bench/cell.hpp"
#include "bench/closed_cells.hpp"
#include "bench/machine_stalls.hpp"
#include "bench/open_loop.hpp"

#include <memory>
#include <utility>

namespace obol::bench {

namespace {

constexpr std::size_t clients_for_maximum = 200;

// What the project holds itself to, on a quiet machine.
constexpr const char* p99_goal = "<= 2000";
constexpr const char* p999_goal = "<= 10000";

/// How requests reach the store.
enum class way { actors, callbacks };

const char* name_of(way x) {
  return x == way::actors ? "actors" : "callbacks";
}

/// What to ask for, and where the sender is.
struct open_plan {
  double rate = 0;
  processors::side sender = processors::side::server;
};

/// The plan for all that the closed loop could do, in this round: a machine
/// that is slower in the next must not be asked for what it could do in the
/// last. The sender is beside the one that had less to do, least in the way.
using maximum = std::shared_ptr<open_plan>;

/// Who has less to do, of a processor.
processors::side freer_side(const processors& cpus, const measurement& x) {
  auto server = x[metric::server_cpu] / cpus.count(processors::side::server);
  auto ours = x[metric::client_cpu] / cpus.count(processors::side::measured);
  return server > ours ? processors::side::measured : processors::side::server;
}

cell make_maximum(stage& on, workload what, way by, const maximum& to) {
  auto name = std::string{name_of(what)} + "/maximum-" + name_of(by) + "/200";
  return {{name, "", "", clients_for_maximum, {}}, [&on, what, by, to] {
            auto result = by == way::actors
                            ? measure_actors(on, on.data, what,
                                             clients_for_maximum, on.length())
                            : measure_callbacks(on, what, clients_for_maximum);
            to->rate = result[metric::rate];
            to->sender = freer_side(on.cpus, result);
            return result;
          }};
}

measurement measure_open_actors(stage& on, workload what,
                                const open_plan& plan) {
  auto run = std::make_shared<load_run>(open_lanes);
  auto pacer = start_open_actors(
    on.store.system(), on.store.actor(), run, {&on.data, what, on.next_load()},
    open_schedule::make(plan.rate, on.length()), {on.cpus, plan.sender});
  return run->measure(on.length(), on.link);
}

measurement measure_open_callbacks(stage& on, workload what,
                                   const open_plan& plan) {
  auto run = std::make_shared<load_run>(1);
  auto pacer = start_open_callbacks(
    *on.store.threads_door(), run, {&on.data, what, on.next_load()},
    open_schedule::make(plan.rate, on.length()), {on.cpus, plan.sender});
  return run->measure(on.length(), on.link);
}

measurement measure_open_hiredis(stage& on, workload what,
                                 const open_plan& plan) {
  auto run = std::make_shared<load_run>(1);
  hiredis_plan load{what == workload::get, 1, 1, true, on.next_load()};
  auto thread = start_open_hiredis(on.store_options, on.data, run, load,
                                   open_schedule::make(plan.rate, on.length()));
  return run->measure(on.length(), on.link);
}

cell make_cell(workload what, std::uint64_t percent, const maximum& most,
               const std::string& who,
               std::function<measurement(const open_plan&)> run) {
  auto panel = std::string{name_of(what)} + ", open loop";
  auto name = std::string{name_of(what)} + "/open-" + std::to_string(percent)
              + "%/" + who;
  return {{name, panel, who, 0, {}}, [percent, most, run = std::move(run)] {
            return run(
              {most->rate * static_cast<double>(percent) / 100, most->sender});
          }};
}

void add_goals(report& to, const std::string& name) {
  auto add = [&](metric what, const char* goal) {
    for (const auto& cell : to.cells) {
      if (cell.name != name)
        continue;
      figure_report figure{
        name + ", " + std::string{name_of(what)}, "", goal, {}};
      for (const auto& round : cell.rounds)
        figure.rounds.push_back(round[what]);
      to.figures.push_back(std::move(figure));
    }
  };
  add(metric::p99, p99_goal);
  add(metric::p999, p999_goal);
}

/// How quiet the machine is, before and after the loops: what is longer than a
/// stall is due to the store, what is not may be due to the machine.
class quiet_watch {
public:
  explicit quiet_watch(stage& on) : on_(on) {
  }

  void look() {
    on_.progress.show("how quiet the machine is");
    on_.cpus.go_to(processors::side::all);
    auto found = watch_stalls(on_.settings.time);
    on_.cpus.go_to(processors::side::measured);
    stalls_.rounds.push_back(found.a_second);
    longest_.rounds.push_back(found.longest_us);
  }

  void tell() {
    on_.out.figures.push_back(std::move(stalls_));
    on_.out.figures.push_back(std::move(longest_));
  }

private:
  stage& on_;
  figure_report stalls_{
    "the machine, without load: stalls of 1 ms or more", "a second", "", {}};
  figure_report longest_{
    "the machine, without load: longest stall", "us", "", {}};
};

/// The same rates for plain hiredis, beside each way.
void add_cells(stage& on, workload what, way by, std::vector<cell>& to) {
  auto most = std::make_shared<open_plan>();
  to.push_back(make_maximum(on, what, by, most));
  auto ours = [&on, what, by](const open_plan& plan) {
    return by == way::actors ? measure_open_actors(on, what, plan)
                             : measure_open_callbacks(on, what, plan);
  };
  auto hiredis = [&on, what](const open_plan& plan) {
    return measure_open_hiredis(on, what, plan);
  };
  for (auto percent : on.settings.open_percents) {
    to.push_back(make_cell(what, percent, most, name_of(by), ours));
    if (what == workload::get || what == workload::upsert)
      to.push_back(make_cell(what, percent, most,
                             std::string{"hiredis, beside "} + name_of(by),
                             hiredis));
  }
}

/// Where they are drawn: each round has rates of its own.
void place_by_rate(report& in) {
  for (auto& x : in.cells)
    if (x.load == 0)
      x.load = spread_of(x.rounds, metric::rate).median;
}

} // namespace

void run_open_loops(stage& on) {
  quiet_watch quiet{on};
  quiet.look();
  std::vector<cell> cells;
  for (auto what : on.settings.workloads) {
    if (on.settings.by_actors)
      add_cells(on, what, way::actors, cells);
    if (on.settings.by_callbacks)
      add_cells(on, what, way::callbacks, cells);
  }
  std::vector<std::string> names;
  for (const auto& x : cells)
    if (!x.report.panel.empty())
      names.push_back(x.report.name);
  run_rounds(on, std::move(cells));
  place_by_rate(on.out);
  quiet.look();
  quiet.tell();
  for (const auto& x : names)
    add_goals(on.out, x);
  on.data.clear(on.link);
  on.data.load(on.link);
}

} // namespace obol::bench
