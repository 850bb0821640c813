#include "workload.hpp"

#include <ctime>
#include <functional>
#include <string>

#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/stateful_actor.hpp>

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(obol::bench::latencies)

namespace obol::bench {

namespace {

using clock = std::chrono::steady_clock;

using start_atom = caf::atom_constant<caf::atom("start")>;

constexpr std::size_t payload_size = 300;

struct client_arguments {
  store_actor store;
  workload what;
  const std::vector<session>* sessions;
  std::size_t first;
  std::size_t step;
  clock::time_point until;
  caf::actor collector;
};

struct client_state {
  client_arguments args;
  std::size_t next = 0;
  session current;
  clock::time_point asked;
  latencies samples;
};

using client_pointer = caf::stateful_actor<client_state>*;

void ask(client_pointer self);

void answered(client_pointer self, bool good) {
  auto& state = self->state;
  auto now = clock::now();
  if (good)
    state.samples.add(now - state.asked);
  else
    state.samples.fail();
  if (now < state.args.until) {
    ask(self);
    return;
  }
  self->send(state.args.collector, std::move(state.samples));
  self->quit();
}

void ask(client_pointer self) {
  auto& state = self->state;
  auto failed = [self](caf::error&) { answered(self, false); };
  state.asked = clock::now();
  if (state.args.what == workload::get) {
    auto& sessions = *state.args.sessions;
    auto& chosen = sessions[state.next % sessions.size()];
    state.next += state.args.step;
    self->request(state.args.store, caf::infinite, get_request{chosen.key(), {}})
      .then([self](get_answer& x) { answered(self, x.session.has_value()); },
            failed);
  } else {
    self
      ->request(state.args.store, caf::infinite,
                upsert_request{state.current, {}})
      .then(
        [self](session& x) {
          self->state.current = std::move(x);
          answered(self, true);
        },
        failed);
  }
}

caf::behavior client(client_pointer self, client_arguments arguments) {
  self->state.args = std::move(arguments);
  self->state.next = self->state.args.first;
  auto& sessions = *self->state.args.sessions;
  self->state.current = sessions[self->state.args.first % sessions.size()];
  self->state.current.id = "bench-" + std::to_string(clock::now().time_since_epoch().count())
                           + "-" + std::to_string(self->state.args.first);
  self->state.current.lock_version = 0;
  return {
    [self](start_atom) { ask(self); },
  };
}

} // namespace

session make_session(std::size_t number) {
  session x;
  x.id = "bench-session-" + std::to_string(number);
  x.user_id = static_cast<std::int64_t>(number);
  x.created_at = x.refreshed_at = x.tokens_fresh_from = std::time(nullptr);
  x.refresh_expires_at = x.created_at + 3600;
  x.refresh_token_id = "cmVmcmVzaC10b2tlbi0x";
  auto payload = extra_payload::from_json(
    R"({"device":")" + std::string(payload_size - 40, 'x')
    + R"(","roles":["user","admin"]})");
  x.extra_payload = std::move(*payload);
  return x;
}

result run_closed_loop(caf::actor_system& system, const store_actor& store,
                       workload what, std::size_t clients,
                       const std::vector<session>& sessions,
                       std::chrono::milliseconds duration) {
  caf::scoped_actor self{system};
  std::vector<caf::actor> all;
  auto begin = clock::now();
  for (std::size_t i = 0; i < clients; ++i)
    all.push_back(system.spawn(
      client, client_arguments{store, what, &sessions, i * 7919, 13,
                               begin + duration, caf::actor{self}}));
  for (auto& x : all)
    self->send(x, start_atom::value);
  latencies sum;
  for (std::size_t i = 0; i < clients; ++i)
    self->receive([&](latencies& x) { sum.merge(x); });
  return sum.over(clock::now() - begin);
}

} // namespace obol::bench
