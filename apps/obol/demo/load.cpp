#include "demo/load.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>

#include <latch>
#include <memory>
#include <mutex>
#include <utility>

namespace obol::demo {

namespace {

using steady = std::chrono::steady_clock;

/// What the clients of one run share.
struct run {
  run(store_actor target, std::size_t clients, std::chrono::milliseconds time)
    : store(std::move(target)), end(steady::now() + time),
      running(static_cast<std::ptrdiff_t>(clients)) {
  }

  void finish(std::uint64_t count, caf::error failure) {
    {
      std::lock_guard guard{mutex};
      result.done += count;
      if (failure) {
        ++result.failed;
        result.first_failure = std::move(failure);
      }
    }
    running.count_down();
  }

  store_actor store;
  steady::time_point end;
  std::latch running;
  std::mutex mutex;
  load_result result;
};

using run_ptr = std::shared_ptr<run>;

/// A client in a closed loop: the next request follows the answer.
struct client_state {
  run_ptr shared;
  session mine;
  std::uint64_t done = 0;
};

using client = caf::stateful_actor<client_state>;

void finish(client* self, caf::error failure) {
  self->state.shared->finish(self->state.done, std::move(failure));
  self->quit();
}

bool goes_on(client* self) {
  ++self->state.done;
  if (steady::now() < self->state.shared->end)
    return true;
  finish(self, {});
  return false;
}

void get_again(client* self) {
  // The store answers every request by its deadline.
  self
    ->request(self->state.shared->store, caf::infinite,
              get_request{self->state.mine.key()})
    .then(
      [self](const get_answer&) {
        if (goes_on(self))
          get_again(self);
      },
      [self](caf::error& reason) { finish(self, std::move(reason)); });
}

void refresh_again(client* self) {
  auto next = self->state.mine;
  ++next.refreshed_at;
  self
    ->request(self->state.shared->store, caf::infinite,
              upsert_request{std::move(next)})
    .then(
      [self](session& stored) {
        self->state.mine = std::move(stored);
        if (goes_on(self))
          refresh_again(self);
      },
      [self](caf::error& reason) { finish(self, std::move(reason)); });
}

load_result measure(facade& store, const std::vector<session>& sessions,
                    std::chrono::milliseconds time, void (*begin)(client*)) {
  auto shared = std::make_shared<run>(store.actor(), sessions.size(), time);
  auto start = steady::now();
  for (const auto& mine : sessions) {
    store.system().spawn(
      [begin](client* self, std::shared_ptr<run> whole, session own) {
        self->state.shared = std::move(whole);
        self->state.mine = std::move(own);
        begin(self);
      },
      shared, mine);
  }
  shared->running.wait();
  shared->result.time = steady::now() - start;
  return std::move(shared->result);
}

} // namespace

std::uint64_t load_result::per_second() const {
  if (time.count() <= 0)
    return 0;
  return static_cast<std::uint64_t>(static_cast<double>(done) / time.count());
}

load_result measure_gets(facade& store, const std::vector<session>& sessions,
                         std::chrono::milliseconds time) {
  return measure(store, sessions, time, get_again);
}

load_result measure_refreshes(facade& store,
                              const std::vector<session>& sessions,
                              std::chrono::milliseconds time) {
  return measure(store, sessions, time, refresh_again);
}

} // namespace obol::demo
