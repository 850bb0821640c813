#include "store_probe.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>

#include <atomic>
#include <future>
#include <memory>
#include <utility>

namespace obol::bench {

namespace {

/// What one actor has to get.
struct probe_state {
  store_actor store;
  const std::vector<session_key>* keys = nullptr;
  std::uint64_t left = 0;
  std::uint64_t under_way = 0;
  std::uint64_t asked = 0;
  std::uint64_t succeeded = 0;
  std::shared_ptr<std::promise<std::uint64_t>> done;
};

using probe = caf::stateful_actor<probe_state>;

/// Long enough for a server that is held.
constexpr std::chrono::seconds timeout{10};

void ask(probe* self);

void answered(probe* self, bool is_good) {
  auto& state = self->state;
  state.succeeded += is_good;
  --state.under_way;
  if (state.left > 0)
    ask(self);
  else if (state.under_way == 0)
    state.done->set_value(state.succeeded);
}

void ask(probe* self) {
  auto& state = self->state;
  --state.left;
  ++state.under_way;
  const auto& key = (*state.keys)[state.asked++ % state.keys->size()];
  // The store answers every request by its deadline.
  self->request(state.store, caf::infinite, get_request{key, timeout})
    .then([self](get_answer&) { answered(self, true); },
          [self](caf::error&) { answered(self, false); });
}

void begin(probe* self, store_actor store, const std::vector<session_key>* keys,
           std::shared_ptr<std::promise<std::uint64_t>> done,
           std::size_t clients, std::uint64_t count) {
  self->state.store = std::move(store);
  self->state.keys = keys;
  self->state.left = count;
  self->state.done = std::move(done);
  for (std::size_t i = 0; i < clients && self->state.left > 0; ++i)
    ask(self);
}

std::future<std::uint64_t> start(caf::actor_system& system,
                                 const store_actor& store,
                                 const std::vector<session_key>& keys,
                                 std::size_t clients, std::uint64_t count) {
  auto done = std::make_shared<std::promise<std::uint64_t>>();
  auto result = done->get_future();
  system.spawn(begin, store, &keys, done, clients, count);
  return result;
}

} // namespace

std::uint64_t run_gets(caf::actor_system& system, const store_actor& store,
                       const std::vector<session_key>& keys,
                       std::size_t clients, std::uint64_t count) {
  return start(system, store, keys, clients, count).get();
}

std::uint64_t run_burst(caf::actor_system& system, const store_actor& store,
                        const std::vector<session_key>& keys,
                        const std::function<void()>& while_waiting) {
  auto result = start(system, store, keys, keys.size(), keys.size());
  while_waiting();
  return result.get();
}

} // namespace obol::bench
