#include "bench/verified_load.hpp"

#include "bench/closed_loop.hpp"
#include "bench/history_witness.hpp"
#include "obol/error.hpp"
#include "obol/testing/checker.hpp"

#include <caf/scoped_actor.hpp>

#include <memory>
#include <utility>
#include <vector>

namespace obol::bench {

namespace {

/// A history and its check take about a kilobyte an operation.
constexpr std::size_t operations_in_episode = 10'000;

/// Few, so that clients meet at them.
constexpr dataset_size episode_size{
  .sessions = 100, .payload = 300, .lists = 20, .sessions_in_list = 5};

/// Stores through the store, before the witness, what must be there.
void store_first(stage& on, const dataset& data, history_witness& witness) {
  caf::scoped_actor self{on.store.system()};
  for (auto& x : data.initial()) {
    request what = upsert_request{std::move(x), {}};
    auto number = witness.asked(0, what);
    // The store answers every request by its deadline.
    self
      ->request(on.store.actor(), caf::infinite,
                std::get<upsert_request>(std::move(what)))
      .receive([&](session& stored) { witness.answered(number, stored); },
               [&](caf::error& why) { witness.failed(number, why); });
  }
}

void judge(stage& on, const std::string& name, const testing::history& what,
           std::size_t& checked) {
  auto verdict = testing::check(what);
  checked += verdict.counts.operations;
  for (const auto& x : verdict.violations)
    on.out.violations.push_back(name + ": " + testing::to_string(x));
}

measurement play_episode(stage& on, const dataset& data, workload what,
                         std::size_t clients, std::size_t& checked) {
  auto run = std::make_shared<load_run>(clients);
  history_witness witness{run, on.store_options.deadline,
                          operations_in_episode};
  data.clear(on.link);
  store_first(on, data, witness);
  start_actors(on.store.system(), on.store.actor(), run,
               {&data, what, on.next_load(), &witness}, clients);
  auto result
    = run->measure({std::chrono::nanoseconds{0}, on.settings.time}, on.link);
  judge(on, std::string{name_of(what)} + '/' + std::to_string(clients),
        witness.take(), checked);
  return result;
}

} // namespace

measurement measure_verified(stage& on, workload what, std::size_t clients) {
  auto data = on.data.resized(episode_size);
  auto until = steady::now() + on.settings.time;
  std::vector<measurement> episodes;
  std::size_t checked = 0;
  do {
    episodes.push_back(play_episode(on, data, what, clients, checked));
  } while (steady::now() < until && on.out.violations.empty());
  measurement result;
  for (std::size_t i = 0; i < metric_count; ++i)
    result[metric{i}] = spread_of(episodes, metric{i}).median;
  on.out.figures.push_back({std::string{name_of(what)} + '/'
                              + std::to_string(clients)
                              + ", operations held against the rules",
                            "",
                            "",
                            {static_cast<double>(checked)}});
  return result;
}

} // namespace obol::bench
