#include "support_actors/simulated_store.hpp"

#include "obol/internal/make_operation.hpp"
#include "obol/internal/spawn.hpp"
#include "obol/spawn_store.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <functional>
#include <type_traits>
#include <utility>

namespace obol::test {

/// What a client does for a test.
struct client_job {
  std::function<void(caf::event_based_actor*)> run;
};

} // namespace obol::test

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(obol::test::client_job)

namespace obol::test {

namespace {

using namespace std::chrono_literals;

constexpr std::int64_t epoch_ms = 1'795'000'000'000;

/// The finest time a test can tell.
constexpr auto step = 5ms;

/// No store takes longer to end.
constexpr auto stop_time = 15s;

class simulated_clock final : public internal::clock {
public:
  explicit simulated_clock(caf::detail::test_actor_clock& source)
    : source_(source) {
  }

  internal::instant now() const override {
    return source_.now();
  }

  std::int64_t unix_ms() const override {
    using namespace std::chrono;
    auto passed = source_.now().time_since_epoch();
    return epoch_ms + duration_cast<milliseconds>(passed).count();
  }

private:
  caf::detail::test_actor_clock& source_;
};

/// The same numbers every time (splitmix64).
class fixed_random_source final : public internal::random_source {
public:
  std::uint64_t next() override {
    auto x = state_ += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
  }

private:
  std::uint64_t state_ = 42;
};

/// How a client would say that its request ended.
template <class T>
std::string ending_of(const caf::expected<T>& x) {
  if (!x) {
    auto code = code_of(x.error());
    return code ? to_string(*code) : "other";
  }
  if constexpr (std::is_same_v<T, get_answer>)
    return x->session ? "ok" : "not_found";
  else
    return "ok";
}

/// The operation a request asks for; nothing for those that are not counted.
template <class Request>
std::string operation_of(const Request& x) {
  if constexpr (requires { internal::kind_of(x); })
    return internal::label_of(internal::kind_of(x));
  else
    return {};
}

class client final : public caf::event_based_actor {
public:
  using caf::event_based_actor::event_based_actor;

  caf::behavior make_behavior() override {
    return {[this](const client_job& job) { job.run(this); }};
  }
};

} // namespace

// -- life ---------------------------------------------------------------------

options simulated_store::small_options() {
  options result;
  result.pool.size = 2;
  result.pool.max_overflow = 1;
  result.signing_key = secret{std::string(signing_key_size, 'k')};
  return result;
}

simulated_store::simulated_store(options settings)
  : server([this] { return unix_ms(); }),
    redis(std::make_shared<fake_redis>(
      [this](const auto& request) { return server.answer(request); })),
    network(std::make_shared<memory_network>(redis)), system_(configure()),
    settings_(std::move(settings)), client_(make_client()) {
}

simulated_store::~simulated_store() {
  server.instead = nullptr;
  network->refuse_connects(false);
  network->hang_connects(false);
  network->pause_server(false);
  network->hold_replies(false);
  stop();
  store = nullptr;
  others_.clear();
  for (internal::duration passed{}; anyone_lives() && passed < stop_time;
       passed += step)
    advance(step);
  if (anyone_lives())
    ADD_FAILURE() << "not everything ended with the store";
  // Others may have made requests as well, or have died with theirs.
  auto all = counted();
  for (auto& [ending, count] : told)
    EXPECT_GE(all[ending], count) << ending << " was told but not counted";
  caf::anon_send_exit(client_, caf::exit_reason::user_shutdown);
  client_ = nullptr;
  run();
  // A test that failed must not hang as well.
  system_.await_actors_before_shutdown(false);
}

caf::actor_system_config& simulated_store::configure() {
  register_messages(config_);
  config_.set("scheduler.policy", caf::atom("testing"));
  return config_;
}

internal::environment simulated_store::environment() {
  return {
    network,
    std::make_shared<simulated_clock>(scheduler().clock()),
    std::make_shared<fixed_random_source>(),
  };
}

log_sink simulated_store::sink() {
  return [this](log_level, std::string_view who, std::string_view what) {
    log.push_back(std::string{who} + ": " + std::string{what});
  };
}

caf::error simulated_store::try_start() {
  auto spawned = internal::spawn_store(system_, settings_.clone(), sink(),
                                       environment(), counts);
  if (!spawned)
    return spawned.error();
  store = std::move(*spawned);
  return {};
}

store_actor simulated_store::start_another() {
  auto spawned
    = internal::spawn_store(system_, settings_.clone(), sink(), environment());
  EXPECT_TRUE(spawned);
  others_.push_back(*spawned);
  return *spawned;
}

void simulated_store::start() {
  auto failure = try_start();
  ASSERT_FALSE(failure) << describe(failure);
}

void simulated_store::start_ready() {
  start();
  run();
  ASSERT_EQ(status().phase, pool_phase::ready);
}

void simulated_store::stop() {
  if (store)
    caf::anon_send_exit(store, caf::exit_reason::user_shutdown);
  for (auto& x : others_)
    caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
  run();
}

// -- time ---------------------------------------------------------------------

caf::scheduler::test_coordinator& simulated_store::scheduler() const {
  auto& result = const_cast<caf::actor_system&>(system_).scheduler();
  return static_cast<caf::scheduler::test_coordinator&>(result);
}

void simulated_store::run_job() {
  auto* next = scheduler().jobs.front();
  if (auto* actor = dynamic_cast<caf::scheduled_actor*>(next))
    seen_[actor->id()] = {actor->name(), actor->address()};
  scheduler().run_once();
}

void simulated_store::run() {
  do {
    while (scheduler().has_job())
      run_job();
  } while (network->deliver() || scheduler().has_job());
}

void simulated_store::advance(internal::duration time) {
  auto end = now() + time;
  while (now() < end) {
    timeouts_ += scheduler().advance_time(
      std::min<internal::duration>(step, end - now()));
    run();
  }
}

internal::instant simulated_store::now() const {
  return scheduler().clock().now();
}

std::int64_t simulated_store::unix_ms() const {
  return simulated_clock{scheduler().clock()}.unix_ms();
}

// -- requests -----------------------------------------------------------------

caf::actor simulated_store::make_client() {
  return system_.spawn<client>();
}

template <class T, class Request>
outcome<T> simulated_store::ask(const caf::actor& who, Request what) {
  auto slot = std::make_shared<typename outcome<T>::slot>();
  auto finish
    = [this, slot, operation = operation_of(what)](caf::expected<T> x) {
        EXPECT_FALSE(slot->answer) << "a request was answered twice";
        if (!operation.empty())
          ++told[operation + " " + ending_of(x)];
        slot->answer = std::move(x);
        slot->at = now();
      };
  client_job job;
  job.run = [to = caf::actor_cast<caf::actor>(store), finish,
             what = std::move(what)](caf::event_based_actor* self) {
    self->request(to, caf::infinite, what)
      .then([finish](T& x) { finish(std::move(x)); },
            [finish](caf::error& x) { finish(std::move(x)); });
  };
  caf::anon_send(who, std::move(job));
  return outcome<T>{slot};
}

outcome<get_answer> simulated_store::get(const std::string& id,
                                         caf::timespan timeout) {
  return ask<get_answer>(client_, get_request{sample(id).key(), timeout});
}

outcome<get_answer> simulated_store::get_as(const caf::actor& who,
                                            const std::string& id) {
  return ask<get_answer>(who, get_request{sample(id).key()});
}

outcome<session> simulated_store::upsert(const session& x,
                                         caf::timespan timeout) {
  return ask<session>(client_, upsert_request{x, timeout});
}

outcome<removed> simulated_store::remove(const std::string& id,
                                         caf::timespan timeout) {
  return ask<removed>(client_, delete_request{sample(id).key(), timeout});
}

outcome<removed> simulated_store::remove_all() {
  return ask<removed>(client_, delete_all_request{sample().set()});
}

outcome<get_all_answer> simulated_store::get_all() {
  return ask<get_all_answer>(client_, get_all_request{sample().set()});
}

outcome<resolution> simulated_store::resolve(const resolution_token& token) {
  return ask<resolution>(client_, resolve_request{token});
}

outcome<store_status> simulated_store::wait_ready(caf::timespan timeout) {
  return ask<store_status>(client_, wait_ready_request{timeout});
}

store_status simulated_store::status() {
  auto result = ask<store_status>(client_, status_request{});
  run();
  return result.value();
}

session simulated_store::sample(std::string id) const {
  session x;
  x.id = std::move(id);
  x.user_id = 426;
  x.created_at = epoch_ms / 1000;
  x.refreshed_at = epoch_ms / 1000;
  x.refresh_expires_at = epoch_ms / 1000 + 100'000;
  x.refresh_token_id = "token";
  return x;
}

// -- actors -------------------------------------------------------------------

std::vector<caf::actor_addr>
simulated_store::actors(std::string_view name) const {
  std::vector<caf::actor_addr> result;
  for (auto& [id, who] : seen_) {
    auto alive = caf::actor_cast<caf::strong_actor_ptr>(who.second);
    if (who.first == name && alive
        && !alive->get()->getf(caf::abstract_actor::is_terminated_flag))
      result.push_back(who.second);
  }
  return result;
}

void simulated_store::kill(const caf::actor_addr& victim) {
  caf::anon_send_exit(victim, caf::exit_reason::kill);
  run();
}

bool simulated_store::anyone_lives() const {
  for (auto name : {"obol.store", "obol.supervisor", "obol.registrar",
                    "obol.pool", "obol.connection", "obol.remote_store"})
    if (!actors(name).empty())
      return true;
  return false;
}

std::map<std::string, std::uint64_t> simulated_store::counted() const {
  std::map<std::string, std::uint64_t> result;
  for (auto& family : counts.collect())
    if (family.name == "obol_requests_total")
      for (auto& x : family.samples)
        if (x.value > 0)
          result[x.labels.at(0).value + " " + x.labels.at(1).value]
            = static_cast<std::uint64_t>(x.value);
  return result;
}

bool simulated_store::logged(std::string_view text) const {
  return std::any_of(log.begin(), log.end(), [&](auto& line) {
    return line.find(text) != std::string::npos;
  });
}

} // namespace obol::test
