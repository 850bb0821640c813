#include "bench/closed_loop.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>

#include <utility>

namespace obol::bench {

namespace {

struct client_state {
  std::shared_ptr<load_run> run;
  std::unique_ptr<player> who;
  store_actor store;

  /// When the operation under way began.
  steady::time_point begun;
};

using client = caf::stateful_actor<client_state>;

void ask(client* self);

/// Counts an operation that ended. One reading of the clock ends it and begins
/// the next.
void end_operation(client* self, progress outcome, const caf::error& why) {
  auto& state = self->state;
  auto now = steady::now();
  if (outcome == progress::done)
    state.run->succeeded(now - state.begun);
  else
    state.run->failed(why);
  state.begun = now;
  if (!state.run->is_over()) {
    ask(self);
    return;
  }
  state.run->leave();
  self->quit();
}

template <class T>
void take(client* self, T& answer) {
  auto outcome = self->state.who->take(answer);
  if (outcome == progress::goes_on)
    ask(self);
  else
    end_operation(self, outcome, {});
}

template <class Answer, class Request>
void send(client* self, Request& what) {
  // The store answers every request by its deadline.
  self->request(self->state.store, caf::infinite, std::move(what))
    .then([self](Answer& x) { take(self, x); },
          [self](caf::error& why) {
            end_operation(self, self->state.who->take(why), why);
          });
}

void ask(client* self) {
  auto what = self->state.who->next();
  if (auto get = std::get_if<get_request>(&what))
    send<get_answer>(self, *get);
  else if (auto upsert = std::get_if<upsert_request>(&what))
    send<session>(self, *upsert);
  else
    send<get_all_answer>(self, std::get<get_all_request>(what));
}

void begin(client* self, store_actor store, std::shared_ptr<load_run> run,
           play_rules rules, std::size_t number) {
  self->state.run = std::move(run);
  self->state.who = std::make_unique<player>(rules, number);
  self->state.store = std::move(store);
  self->state.begun = steady::now();
  ask(self);
}

/// The same requests as blocking calls.
class thread_client {
public:
  thread_client(facade& store, const play_rules& rules, std::uint64_t number)
    : store_(store), who_(rules, number) {
  }

  void play(load_run& run) {
    auto begun = steady::now();
    do {
      caf::error why;
      auto outcome = progress::goes_on;
      while (outcome == progress::goes_on)
        outcome
          = std::visit([&](auto& x) { return call(x, why); }, keep_next());
      auto now = steady::now();
      if (outcome == progress::done)
        run.succeeded(now - begun);
      else
        run.failed(why);
      begun = now;
    } while (!run.is_over());
  }

private:
  request& keep_next() {
    request_ = who_.next();
    return request_;
  }

  progress call(get_request& x, caf::error& why) {
    auto found = store_.get(x.key);
    if (!found)
      return fail(found.error(), why);
    get_answer answer{std::move(*found)};
    return who_.take(answer);
  }

  progress call(upsert_request& x, caf::error& why) {
    auto stored = store_.upsert(std::move(x.session));
    return stored ? who_.take(*stored) : fail(stored.error(), why);
  }

  progress call(get_all_request& x, caf::error& why) {
    auto found = store_.get_all(x.set);
    if (!found)
      return fail(found.error(), why);
    get_all_answer answer{std::move(*found)};
    return who_.take(answer);
  }

  progress fail(caf::error& reason, caf::error& why) {
    why = std::move(reason);
    return who_.take(why);
  }

  facade& store_;
  player who_;
  request request_;
};

} // namespace

void start_actors(caf::actor_system& system, const store_actor& store,
                  std::shared_ptr<load_run> run, const play_rules& rules,
                  std::size_t clients) {
  for (std::size_t i = 0; i < clients; ++i) {
    system.spawn(begin, store, run, rules, i);
  }
}

std::vector<std::jthread> start_threads(facade& store,
                                        std::shared_ptr<load_run> run,
                                        const play_rules& rules,
                                        std::size_t clients) {
  std::vector<std::jthread> result;
  for (std::size_t i = 0; i < clients; ++i) {
    result.emplace_back([&store, run, rules, i] {
      thread_client{store, rules, i}.play(*run);
      run->leave();
    });
  }
  return result;
}

} // namespace obol::bench
