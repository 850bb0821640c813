#include "obol/testing/internal/runs/world_rules.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace obol::testing::internal {

namespace {

using namespace std::chrono_literals;

/// The registrar's connection, and the one before it that is about to close.
constexpr std::size_t registrar_links_max = 2;

constexpr duration look_interval = 100ms;
constexpr duration whole_interval = 100ms;

/// Faults under which one attempt to load functions may not be enough.
bool lets_loading_succeed(fault x) {
  return x == fault::function_flush || x == fault::clock_jump
         || x == fault::slow_reader;
}

} // namespace

world_rules::world_rules(world& where, const run_plan& plan)
  : world_(where), plan_(plan), observer_(where.make_client()) {
}

void world_rules::expect(const char* rule, bool holds, std::string text) {
  auto known = [&](auto& x) { return x.rule == rule && x.text == text; };
  if (!holds && std::none_of(violations_.begin(), violations_.end(), known))
    violations_.push_back({rule, std::move(text), {}});
}

void world_rules::ask(const store_actor& store,
                      std::function<void(const store_status&)> then) {
  world_.post(
    observer_, [store = caf::actor_cast<caf::actor>(store),
                then = std::move(then)](caf::event_based_actor* self) {
      self->request(store, caf::infinite, status_request{})
        .then([then](store_status& x) { then(x); }, [](caf::error&) {});
    });
}

void world_rules::watch(const std::vector<store_actor>& stores) {
  watching_ = true;
  for (auto& store : stores)
    look(store);
}

void world_rules::look(const store_actor& store) {
  // What connections hand back was let in before and waits besides.
  auto& pool = plan_.options.pool;
  auto most
    = pool.max_waiting + (pool.size + pool.max_overflow) * pool.max_in_flight;
  ask(store, [this, store, most](const store_status& x) {
    expect("W4", x.pool.waiting <= most,
           "more requests wait than pool.max_waiting");
    world_.time.after(look_interval, [this, store] {
      if (watching_)
        look(store);
    });
  });
}

bool world_rules::whole(const store_status& x) const {
  return x.phase == pool_phase::ready && x.pool.waiting == 0
         && x.pool.connecting == 0
         && x.pool.idle + x.pool.busy >= plan_.options.pool.size;
}

void world_rules::wait_until_whole(const std::vector<store_actor>& stores,
                                   duration at_most) {
  auto until = world_.now() + at_most;
  for (auto& store : stores) {
    auto is_whole = false;
    while (!is_whole && world_.now() < until) {
      auto answered = false;
      ask(store, [&](const store_status& x) {
        answered = true;
        is_whole = whole(x);
      });
      // On no account may the answer come when these are gone.
      if (!world_.run_until([&] { return answered; }, world_.now() + 60s)) {
        expect("A1", false, "a request for the status is not answered");
        world_.kill(observer_);
        return;
      }
      if (!is_whole)
        world_.run_until(world_.now() + whole_interval);
    }
    expect("W5", is_whole, "the pool is not whole in time");
  }
}

void world_rules::look_at_limits() {
  auto& pool = plan_.options.pool;
  expect("W2", world_.host.most_unanswered() <= pool.max_in_flight + 1,
         "a connection carried more requests than pool.max_in_flight");
  for (std::uint32_t i = 1; i <= plan_.stores; ++i)
    expect("W3",
           world_.network.most_links(i)
             <= pool.size + pool.max_overflow + registrar_links_max,
           "a store had more connections than it may");
  auto& host = world_.host;
  expect("W6", host.server().counters.function_loads <= host.generations(),
         "functions were loaded although they were there");
  if (std::all_of(plan_.faults.begin(), plan_.faults.end(),
                  lets_loading_succeed)
      && plan_.workload != workload_kind::start_up)
    expect("W6", host.load_requests() <= plan_.stores * host.generations(),
           "a store asked more than once to load functions");
}

} // namespace obol::testing::internal
