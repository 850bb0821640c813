#include "bench/growth.hpp"

#include "bench/cell.hpp"
#include "bench/closed_cells.hpp"
#include "bench/hiredis_load.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

namespace obol::bench {

namespace {

constexpr std::size_t clients = 50;

constexpr std::size_t hiredis_depth = 64;

/// Lists are large: few under way at a time, so that memory stays small.
constexpr std::size_t list_clients = 2;

/// How many sessions all lists have together, about.
constexpr std::uint64_t sessions_in_lists = 10'000;

/// One cell, measured in rounds that are not its own.
class growth_cells {
public:
  void add(const std::string& name, const measurement& x) {
    auto& cell = cells_[name];
    cell.name = name;
    cell.rounds.push_back(x);
    if (cell.rounds.size() == 1)
      order_.push_back(name);
  }

  void move_to(report& out) {
    for (const auto& name : order_)
      out.cells.push_back(std::move(cells_[name]));
  }

private:
  std::map<std::string, cell_report> cells_;
  std::vector<std::string> order_;
};

std::string stored_name(workload what, std::uint64_t stored) {
  return std::string{name_of(what)} + "/of " + std::to_string(stored);
}

std::string list_name(std::uint64_t per_user) {
  return "list/of " + std::to_string(per_user);
}

/// Loads as many sessions as a size says, in place of those that are there.
dataset load(stage& on, dataset_size size) {
  on.progress.show("growth: storing " + std::to_string(size.sessions)
                   + " sessions");
  auto result = on.data.resized(size);
  result.clear(on.link);
  result.load(on.link);
  on.progress.show("growth: measuring");
  return result;
}

/// What of the growth is the server's own: the more there is, the less of it
/// lies in the processor's caches.
measurement measure_hiredis(stage& on, const dataset& data) {
  auto run = std::make_shared<load_run>(1);
  hiredis_plan plan{true, 1, hiredis_depth, false, on.next_load()};
  auto threads = start_hiredis(on.store_options, data, run, plan);
  return run->measure(on.length(), on.link);
}

void measure_stored(stage& on, std::uint64_t stored, growth_cells& to) {
  auto size = on.settings.size;
  size.sessions = stored;
  size.lists = 0;
  auto data = load(on, size);
  for (auto what : {workload::get, workload::upsert})
    to.add(stored_name(what, stored),
           measure_actors(on, data, what, clients, on.length()));
  if (on.settings.yardsticks)
    to.add(stored_name(workload::get, stored) + "/hiredis-64",
           measure_hiredis(on, data));
}

void measure_list(stage& on, std::uint64_t per_user, growth_cells& to) {
  auto size = on.settings.size;
  size.sessions = 1;
  size.lists = std::max<std::uint64_t>(1, sessions_in_lists / per_user);
  size.sessions_in_list = per_user;
  auto data = load(on, size);
  to.add(list_name(per_user),
         measure_actors(on, data, workload::list, list_clients, on.length()));
}

void add_ratios(stage& on) {
  const auto& stored = on.settings.stored;
  for (auto what : {workload::get, workload::upsert})
    for (auto number : {metric::server_cpu, metric::client_cpu, metric::p50})
      add_ratio(on.out, stored_name(what, stored.back()),
                stored_name(what, stored.front()), number, "does not grow");
  add_ratio(on.out, stored_name(workload::get, stored.back()) + "/hiredis-64",
            stored_name(workload::get, stored.front()) + "/hiredis-64",
            metric::server_cpu, "");
  const auto& lists = on.settings.per_user;
  for (std::size_t i = 1; i < lists.size(); ++i)
    for (auto number : {metric::server_cpu, metric::client_cpu})
      add_ratio(on.out, list_name(lists[i]), list_name(lists[i - 1]), number,
                "at most linear");
}

} // namespace

void measure_growth(stage& on) {
  growth_cells cells;
  for (std::uint64_t round = 0; round < on.settings.rounds; ++round) {
    for (auto stored : on.settings.stored)
      measure_stored(on, stored, cells);
    for (auto per_user : on.settings.per_user)
      measure_list(on, per_user, cells);
  }
  cells.move_to(on.out);
  add_ratios(on);
  load(on, on.settings.size);
}

} // namespace obol::bench
