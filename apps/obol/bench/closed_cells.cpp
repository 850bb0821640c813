#include "bench/closed_cells.hpp"

#include "bench/callback_loop.hpp"
#include "bench/cell.hpp"
#include "bench/closed_loop.hpp"
#include "bench/verified_load.hpp"
#include "bench/yardsticks.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace obol::bench {

namespace {

/// Notes why something failed, once.
void note_failure(stage& on, workload what, const load_run& run) {
  auto why = run.first_failure();
  if (why.empty())
    return;
  auto note = std::string{name_of(what)} + ": an operation failed: " + why;
  auto& notes = on.out.notes;
  if (std::find(notes.begin(), notes.end(), note) == notes.end())
    notes.push_back(std::move(note));
}

/// Removes what a load has written, so that the next one finds what the first
/// one found.
void tidy_up(stage& on, workload what) {
  if (what == workload::get || what == workload::miss || what == workload::list)
    return;
  on.data.clear(on.link);
  on.data.load(on.link);
}

measurement measure_threads(stage& on, workload what, std::size_t clients) {
  auto run = std::make_shared<load_run>(clients);
  auto threads = start_threads(*on.store.threads_door(), run,
                               {&on.data, what, on.next_load()}, clients);
  auto result = run->measure(on.length(), on.link);
  note_failure(on, what, *run);
  tidy_up(on, what);
  return result;
}

cell make_cell(workload what, const char* who, std::uint64_t clients,
               std::function<measurement()> run) {
  auto name = std::string{name_of(what)};
  return {{name + '/' + who + '/' + std::to_string(clients),
           name,
           who,
           static_cast<double>(clients),
           {}},
          std::move(run)};
}

void add_store_cells(stage& on, workload what, std::vector<cell>& to) {
  for (auto clients : on.settings.clients) {
    if (on.settings.verify)
      to.push_back(make_cell(what, "actors", clients, [&on, what, clients] {
        return measure_verified(on, what, clients);
      }));
    else if (on.settings.by_actors)
      to.push_back(make_cell(what, "actors", clients, [&on, what, clients] {
        auto result = measure_actors(on, on.data, what, clients, on.length());
        tidy_up(on, what);
        return result;
      }));
  }
  if (on.settings.verify)
    return;
  for (auto clients : on.settings.clients)
    if (on.settings.by_callbacks)
      to.push_back(make_cell(what, "callbacks", clients, [&on, what, clients] {
        return measure_callbacks(on, what, clients);
      }));
  for (auto clients : on.settings.clients)
    if (on.settings.by_facade && clients <= facade_threads_max)
      to.push_back(make_cell(what, "facade", clients, [&on, what, clients] {
        return measure_threads(on, what, clients);
      }));
}

} // namespace

void run_closed_loops(stage& on) {
  yardsticks all{on};
  std::vector<cell> cells;
  for (auto what : on.settings.workloads) {
    if (on.settings.yardsticks && !on.settings.verify)
      all.add_cells(what, cells);
    add_store_cells(on, what, cells);
  }
  run_rounds(on, std::move(cells));
}

measurement measure_actors(stage& on, const dataset& data, workload what,
                           std::size_t clients, run_length length) {
  auto run = std::make_shared<load_run>(clients);
  start_actors(on.store.system(), on.store.actor(), run,
               {&data, what, on.next_load()}, clients);
  auto result = run->measure(length, on.link);
  note_failure(on, what, *run);
  return result;
}

measurement measure_callbacks(stage& on, workload what, std::size_t clients) {
  auto run = std::make_shared<load_run>(clients);
  start_callbacks(*on.store.threads_door(), run,
                  {&on.data, what, on.next_load()}, clients);
  auto result = run->measure(on.length(), on.link);
  note_failure(on, what, *run);
  tidy_up(on, what);
  return result;
}

} // namespace obol::bench
