#include "obol/testing/internal/runs/run.hpp"

#include "obol/testing/internal/runs/fleet.hpp"
#include "obol/testing/internal/runs/recorder.hpp"
#include "obol/testing/internal/runs/workload.hpp"
#include "obol/testing/internal/runs/world_rules.hpp"
#include "obol/testing/internal/world.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

namespace obol::testing::internal {

namespace {

using namespace std::chrono_literals;

constexpr duration start_time_max = 5s;
constexpr duration workload_time_max = 90s;
constexpr duration recovery_time_max = 30s;
constexpr duration probe_time_max = 12s;

/// How often a store is tried that does not write yet.
constexpr duration write_interval = 200ms;

/// How much later than due a connection may look at its health: its slowest
/// tick, and what the probe takes.
constexpr duration notice_time = 1s;

constexpr std::int64_t probe_lifetime_s = 100'000;

/// Processes that use nodes.
constexpr std::size_t clients_of_nodes = 2;

/// How many sessions are read one by one at the end; all of them are in the
/// lists that are read as well.
constexpr std::size_t last_reads_max = 6;

world_settings settings_of(const run_plan& plan, const run_settings& settings) {
  world_settings result;
  result.seed = settings.seed;
  result.server = plan.server;
  result.trace_lines = settings.trace_lines;
  result.step_cost_max = plan.step_cost_max;
  return result;
}

class run {
public:
  explicit run(const run_settings& settings)
    : settings_(settings), plan_(draw_plan(settings)),
      world_(settings_of(plan_, settings)),
      recorder_(world_, plan_.options.deadline), rules_(world_, plan_) {
  }

  run_report perform() {
    open_stage();
    workload_->start();
    if (fleet_)
      fleet_->disturb(plan_.fault_interval, world_.now() + plan_.length);
    world_.faults.keep_injecting(plan_.faults, plan_.fault_interval,
                                 world_.now() + plan_.length);
    auto finished = world_.run_until(
      [this] { return workload_->finished() && recorder_.open() == 0; },
      world_.now() + workload_time_max);
    rules_.expect("W7", finished, "the clients did not come to an end");
    rules_.stop_watching();
    world_.faults.calm();
    if (fleet_)
      fleet_->calm();
    if (!workload_->stopped_stores())
      look_again();
    close_stage();
    return report();
  }

private:
  void open_stage() {
    for (std::size_t i = 0; i < plan_.stores; ++i) {
      auto store = world_.spawn_store(plan_.options.clone());
      rules_.expect("W1", bool{store}, "a store did not start");
      if (store)
        stores_.push_back(*store);
    }
    doors_ = stores_;
    if (plan_.workload == workload_kind::fleet) {
      fleet_.emplace(world_, stores_, world_.random.fork());
      doors_ = fleet_->connect(clients_of_nodes, plan_.options.deadline);
    }
    workload_ = make_workload(plan_.workload,
                              {world_, recorder_, doors_, world_.random.fork(),
                               settings_.mistake, plan_.length});
    if (plan_.workload != workload_kind::start_up)
      rules_.wait_until_whole(stores_, start_time_max);
    rules_.watch(stores_);
  }

  /// After the last fault: everything works, and everything is there.
  void look_again() {
    // A link that died in silence is found out by its next probe.
    auto& options = plan_.options;
    world_.run_until(world_.now() + options.health_check_interval
                     + options.command_timeout + notice_time);
    rules_.wait_until_whole(stores_, recovery_time_max);
    for (auto& store : doors_)
      wait_until_it_writes(store);
    recorder_.written().quiet_since = world_.now().time_since_epoch();
    recorder_.expect_success(true);
    for (auto& store : doors_) {
      auto name = recorder_.new_session(1);
      recorder_.upsert(recorder_.join(store), name,
                       recorder_.fresh(name, probe_lifetime_s), known_bad::none,
                       nullptr);
      wait_for_answer();
    }
    auto reader = recorder_.join(doors_.front());
    for (std::uint32_t set = 1; set <= recorder_.sets(); ++set) {
      recorder_.get_all(reader, set, nullptr);
      wait_for_answer();
    }
    auto& names = recorder_.sessions();
    auto count = std::min(names.size(), last_reads_max);
    for (std::size_t i = 0; i < count; ++i) {
      recorder_.get(reader, names[world_.random.below(names.size())], nullptr);
      wait_for_answer();
    }
  }

  /// A registrar that has failed for long rests for long, and without functions
  /// nothing is written.
  void wait_until_it_writes(const store_actor& store) {
    auto who = recorder_.join(store);
    auto until = world_.now() + recovery_time_max;
    auto written = false;
    while (!written && world_.now() < until) {
      auto name = recorder_.new_session(1);
      recorder_.upsert(who, name, recorder_.fresh(name, probe_lifetime_s),
                       known_bad::none, [&](auto& x) { written = bool{x}; });
      wait_for_answer();
      if (!written)
        world_.run_until(world_.now() + write_interval);
    }
    rules_.expect("W5", written, "nothing can be written in time");
  }

  void wait_for_answer() {
    world_.run_until([this] { return recorder_.open() == 0; },
                     world_.now() + probe_time_max);
  }

  void close_stage() {
    rules_.look_at_limits();
    simulated_ = world_.now().time_since_epoch();
    workload_.reset();
    doors_.clear();
    stores_.clear();
    rules_.expect("W1", world_.end(), "not every actor has ended");
    auto by_nodes = fleet_.has_value();
    fleet_.reset();
    // A call at a node that was lost is counted there and told elsewhere.
    rules_.expect("W8",
                  by_nodes || recorder_.book().agrees_with(world_.counted()),
                  "the stores did not count each request once, as told");
  }

  run_report report() {
    auto& history = recorder_.written();
    for (auto when : world_.host.losses())
      history.losses.push_back(when.time_since_epoch());
    history.skew = world_.host.largest_clock_offset() + 1s;
    history.tick = 20ms + 200 * plan_.step_cost_max;
    auto judged = check(history);
    run_report result;
    result.seed = settings_.seed;
    result.violations = std::move(judged.violations);
    auto& others = rules_.violations();
    result.violations.insert(result.violations.end(), others.begin(),
                             others.end());
    result.counted_losses = judged.counted_losses;
    result.counts = judged.counts;
    result.faults = world_.counts;
    result.simulated = simulated_;
    result.steps = world_.steps();
    if (settings_.trace_lines > 0)
      result.trace = to_string(plan_) + '\n' + world_.trace.text();
    return result;
  }

  run_settings settings_;
  run_plan plan_;
  world world_;
  recorder recorder_;
  world_rules rules_;
  std::vector<store_actor> stores_;
  /// What the clients use: the stores, or clients of nodes in front of them.
  std::vector<store_actor> doors_;
  std::optional<fleet> fleet_;
  std::unique_ptr<workload> workload_;
  duration simulated_{};
};

} // namespace

run_report run_seed(const run_settings& settings) {
  return run{settings}.perform();
}

} // namespace obol::testing::internal
