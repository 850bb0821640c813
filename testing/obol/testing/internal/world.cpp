#include "obol/testing/internal/world.hpp"

#include "obol/internal/spawn.hpp"
#include "obol/remote_store.hpp"
#include "obol/internal/store_metrics.hpp"
#include "obol/spawn_store.hpp"
#include "obol/testing/internal/epoch.hpp"

#include <caf/scheduled_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace obol::testing::internal {

/// What a client is to do.
struct client_job {
  std::function<void(caf::event_based_actor*)> run;
};

} // namespace obol::testing::internal

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(obol::testing::internal::client_job)

namespace obol::testing::internal {

namespace {

using namespace std::chrono_literals;

/// No store takes longer to end.
constexpr duration end_time_max = 15s;

class simulated_clock final : public obol::internal::clock {
public:
  explicit simulated_clock(const world& source) : source_(source) {
  }

  instant now() const override {
    return source_.now();
  }

  std::int64_t unix_ms() const override {
    using namespace std::chrono;
    auto passed = source_.now().time_since_epoch();
    return epoch_ms + duration_cast<milliseconds>(passed).count();
  }

private:
  const world& source_;
};

class simulated_random_source final : public obol::internal::random_source {
public:
  explicit simulated_random_source(random_stream numbers) : numbers_(numbers) {
  }

  std::uint64_t next() override {
    return numbers_.next();
  }

private:
  random_stream numbers_;
};

class client final : public caf::event_based_actor {
public:
  using caf::event_based_actor::event_based_actor;

  caf::behavior make_behavior() override {
    set_default_handler(caf::drop);
    return {[this](const client_job& job) { job.run(this); }};
  }

  const char* name() const override {
    return "client";
  }
};

} // namespace

// -- life ---------------------------------------------------------------------

world::world(world_settings settings)
  : settings_(settings), random(settings.seed), time([this] { return now_; }),
    trace(settings.trace_lines), network(time, random.fork(), trace, counts),
    host(settings.server, time, network, random.fork(), trace, counts),
    faults(time, network, host, random.fork(), trace, counts),
    system_(configure()), turns_(random.fork()) {
  // What has not ended by now is reported by `end`, and must not hang as well.
  system_.await_actors_before_shutdown(false);
  scheduler().clock().current_time = now_;
}

world::~world() {
  end();
}

caf::actor_system_config& world::configure() {
  register_messages(config_);
  config_.set("scheduler.policy", caf::atom("testing"));
  return config_;
}

caf::scheduler::test_coordinator& world::scheduler() {
  return static_cast<caf::scheduler::test_coordinator&>(system_.scheduler());
}

void world::stop_stores() {
  for (auto* list : {&remotes_, &stores_})
    for (auto& x : *list)
      caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
}

void world::kill(const caf::actor& client) {
  caf::anon_send_exit(client, caf::exit_reason::kill);
  std::erase(clients_, client);
}

bool world::end() {
  stop_stores();
  stores_.clear();
  remotes_.clear();
  auto nobody_but_clients
    = [this] { return system_.registry().running() <= clients_.size(); };
  auto ended = run_until(nobody_but_clients, now_ + end_time_max);
  for (auto& x : std::exchange(clients_, {}))
    caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
  while (!scheduler().jobs.empty())
    run_job();
  // What is still planned may hold actors, which must not outlive the system.
  time.clear();
  return ended;
}

// -- moving -------------------------------------------------------------------

bool world::step(instant limit) {
  ++steps_;
  auto& jobs = scheduler().jobs;
  auto& timeouts = scheduler().clock().schedule();
  auto has_event = !time.empty() && time.next() <= now_;
  auto has_timeout = !timeouts.empty() && timeouts.begin()->first <= now_;
  auto ready = (jobs.empty() ? 0u : 1u) + has_event + has_timeout;
  if (ready == 0) {
    auto next = limit;
    if (!time.empty())
      next = std::min(next, time.next());
    if (!timeouts.empty())
      next = std::min(next, timeouts.begin()->first);
    auto idle = next == limit && (time.empty() || time.next() > limit)
                && (timeouts.empty() || timeouts.begin()->first > limit);
    set_time(next);
    return !idle;
  }
  auto choice = ready == 1 ? 0 : turns_.below(ready);
  if (!jobs.empty() && choice-- == 0)
    run_job();
  else if (has_event && choice-- == 0)
    time.run_next();
  else
    fire_timeouts();
  return true;
}

void world::run_until(instant until) {
  while (step(until)) {
    // Everything happens in there.
  }
}

bool world::run_until(const std::function<bool()>& done, instant limit) {
  while (!done())
    if (!step(limit))
      return done();
  return true;
}

void world::run_job() {
  auto& jobs = scheduler().jobs;
  auto turn = jobs.size() == 1 ? 0 : turns_.below(jobs.size());
  std::swap(jobs.front(), jobs[turn]);
  trace.note(now_, "turn", [&] {
    auto* who = dynamic_cast<caf::scheduled_actor*>(jobs.front());
    return who == nullptr ? std::string{"?"}
                          : who->name() + ("#" + std::to_string(who->id()));
  });
  scheduler().run_once();
  if (settings_.step_cost_max > duration::zero())
    set_time(now_ + turns_.between(0ns, settings_.step_cost_max));
}

void world::set_time(instant when) {
  now_ = std::max(now_, when);
  scheduler().clock().current_time = now_;
}

void world::fire_timeouts() {
  scheduler().clock().trigger_expired_timeouts();
}

// -- actors -------------------------------------------------------------------

caf::expected<store_actor> world::spawn_store(options settings) {
  obol::internal::environment env{
    network.factory(static_cast<std::uint32_t>(stores_.size() + 1)),
    std::make_shared<simulated_clock>(*this),
    std::make_shared<simulated_random_source>(random.fork()),
    // Half of the worlds have what only our own scheduler brings.
    settings_.seed % 2 == 1,
  };
  auto sink
    = [this](log_level level, std::string_view who, std::string_view what) {
        trace.note(now_, who, [&] { return std::string{what}; });
        if (level != log_level::debug)
          log_.push_back(std::string{who}.append(": ").append(what));
      };
  auto result = obol::internal::spawn_store(
    system_, std::move(settings), sink, std::move(env), counts_.emplace_back());
  if (result)
    stores_.push_back(*result);
  return result;
}

obol::internal::request_totals world::counted() const {
  obol::internal::request_totals result;
  for (auto& x : counts_)
    result.add(x.counts()->totals());
  return result;
}

caf::expected<store_actor>
world::connect_store(remote_options settings,
                     std::shared_ptr<obol::internal::node_network> nodes) {
  auto sink
    = [this](log_level, std::string_view who, std::string_view what) {
        trace.note(now_, who, [&] { return std::string{what}; });
      };
  auto result = obol::internal::connect_store(
    system_, std::move(settings), sink, std::move(nodes),
    std::make_shared<simulated_clock>(*this),
    std::make_shared<simulated_random_source>(random.fork()));
  if (result)
    remotes_.push_back(*result);
  return result;
}

caf::actor world::make_client() {
  clients_.push_back(system_.spawn<client>());
  return clients_.back();
}

void world::post(const caf::actor& who,
                 std::function<void(caf::event_based_actor*)> job) {
  caf::anon_send(who, client_job{std::move(job)});
}

std::int64_t world::unix_seconds() const {
  using namespace std::chrono;
  return epoch_ms / 1000
         + duration_cast<seconds>(now_.time_since_epoch()).count();
}

} // namespace obol::testing::internal
