#include "bench/open_loop.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>

#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

namespace obol::bench {

namespace {

/// Requests of one lane that are under way at a time; more wait in it, and
/// their latency grows.
constexpr std::size_t players_in_lane = 128;

/// How many requests one message to a lane tells to send.
constexpr std::uint64_t batch_max = 32;

using finish_atom = caf::atom_constant<caf::atom("finish")>;

/// Carries out what is due: one of several, so that they do not wait for one
/// processor.
struct lane_state {
  std::shared_ptr<load_run> run;
  store_actor store;
  open_schedule when;
  std::vector<player> players;

  /// Players without a request.
  std::vector<std::size_t> idle;

  /// What each player's operation is.
  std::vector<std::uint64_t> number_of;

  /// Due, but no player was idle.
  std::deque<std::uint64_t> waiting;

  bool is_finishing = false;
};

using lane = caf::stateful_actor<lane_state>;

void ask(lane* self, std::size_t who);

void start(lane* self, std::uint64_t number) {
  auto& state = self->state;
  if (state.idle.empty()) {
    state.waiting.push_back(number);
    return;
  }
  auto who = state.idle.back();
  state.idle.pop_back();
  state.number_of[who] = number;
  ask(self, who);
}

void leave_when_done(lane* self) {
  auto& state = self->state;
  if (!state.is_finishing || state.idle.size() < state.players.size())
    return;
  state.run->leave();
  self->quit();
}

void end_operation(lane* self, std::size_t who, progress outcome,
                   const caf::error& why) {
  auto& state = self->state;
  auto number = state.number_of[who];
  if (outcome == progress::failed)
    state.run->failed(why);
  else if (number >= state.when.warm_up)
    state.run->count(steady::now() - state.when.due(number));
  state.idle.push_back(who);
  if (!state.waiting.empty()) {
    auto next = state.waiting.front();
    state.waiting.pop_front();
    start(self, next);
  }
  leave_when_done(self);
}

template <class Answer, class Request>
void send(lane* self, std::size_t who, Request& what) {
  auto take = [self, who](Answer& x) {
    auto outcome = self->state.players[who].take(x);
    if (outcome == progress::goes_on)
      ask(self, who);
    else
      end_operation(self, who, outcome, {});
  };
  // The store answers every request by its deadline.
  self->request(self->state.store, caf::infinite, std::move(what))
    .then(take, [self, who](caf::error& why) {
      end_operation(self, who, self->state.players[who].take(why), why);
    });
}

void ask(lane* self, std::size_t who) {
  auto what = self->state.players[who].next();
  if (auto get = std::get_if<get_request>(&what))
    send<get_answer>(self, who, *get);
  else if (auto upsert = std::get_if<upsert_request>(&what))
    send<session>(self, who, *upsert);
  else
    send<get_all_answer>(self, who, std::get<get_all_request>(what));
}

caf::behavior make_lane(lane* self, std::shared_ptr<load_run> run,
                        store_actor store, open_schedule when, play_rules rules,
                        std::size_t index) {
  auto& state = self->state;
  state.run = std::move(run);
  state.store = std::move(store);
  state.when = when;
  for (std::size_t i = 0; i < players_in_lane; ++i) {
    state.players.emplace_back(rules, index * players_in_lane + i);
    state.idle.push_back(i);
  }
  state.number_of.resize(players_in_lane);
  return {
    [self](std::uint64_t first, std::uint64_t count) {
      for (std::uint64_t i = 0; i < count; ++i)
        start(self, first + i);
    },
    [self](finish_atom) {
      self->state.is_finishing = true;
      leave_when_done(self);
    },
  };
}

/// Tells the lanes in turn what is due.
void send_when_due(const open_schedule& when,
                   const std::vector<caf::actor>& lanes) {
  std::uint64_t sent = 0;
  std::size_t turn = 0;
  while (sent < when.total) {
    sleep_precisely_until(when.sending(sent));
    for (auto due = when.due_until(steady::now()); sent < due; ++turn) {
      auto count = std::min(due - sent, batch_max);
      caf::anon_send(lanes[turn % lanes.size()], sent, count);
      sent += count;
    }
  }
  for (const auto& x : lanes)
    caf::anon_send(x, finish_atom::value);
}

} // namespace

std::jthread
start_open_actors(caf::actor_system& system, const store_actor& store,
                  std::shared_ptr<load_run> run, const play_rules& rules,
                  const open_schedule& when, const sender_place& where) {
  std::vector<caf::actor> lanes;
  for (std::size_t i = 0; i < open_lanes; ++i)
    lanes.push_back(system.spawn(make_lane, run, store, when, rules, i));
  return std::jthread{[when, where, lanes = std::move(lanes)] {
    where.cpus.go_to(where.side);
    send_when_due(when, lanes);
  }};
}

} // namespace obol::bench
