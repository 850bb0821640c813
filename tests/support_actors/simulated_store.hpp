#pragma once

#include "obol/interfaces.hpp"
#include "obol/internal/clock.hpp"
#include "obol/internal/environment.hpp"
#include "obol/log.hpp"
#include "obol/metrics.hpp"
#include "obol/options.hpp"

#include <caf/actor.hpp>
#include <caf/actor_addr.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support_actors/fake_redis.hpp"
#include "support_actors/memory_transport.hpp"
#include "support_actors/model_server.hpp"

namespace obol::test {

/// What came of a request; see `simulated_store`.
template <class T>
class outcome {
public:
  struct slot {
    std::optional<caf::expected<T>> answer;
    internal::instant at{};
  };

  explicit outcome(std::shared_ptr<slot> x) : slot_(std::move(x)) {
  }

  bool is_here() const {
    return slot_->answer.has_value();
  }

  /// The answer. Fails the test if there is none, or an error.
  T value() const {
    if (is_here() && *slot_->answer)
      return **slot_->answer;
    ADD_FAILURE() << (is_here() ? describe(error()) : "there is no answer yet");
    return T{};
  }

  /// The error, or the empty one.
  caf::error error() const {
    return is_here() && !*slot_->answer ? slot_->answer->error() : caf::error{};
  }

  /// The error's code.
  std::optional<ec> code() const {
    return code_of(error());
  }

  /// When the answer came.
  internal::instant at() const {
    return slot_->at;
  }

private:
  std::shared_ptr<slot> slot_;
};

/// A store in a world of its own: the scheduler, the clock, the network and the
/// server stand still unless `run` or `advance` moves them, all in the test's
/// thread, the same way every time.
class simulated_store {
public:
  /// Two connections of 64 requests each, one of overflow; the default
  /// timeouts.
  static options small_options();

  explicit simulated_store(options settings = small_options());

  /// Stops the store; fails the test if anything of it goes on living.
  ~simulated_store();

  // -- time -------------------------------------------------------------------

  /// Lets everything happen that can happen now.
  void run();

  /// Lets time pass, and everything happen in it.
  void advance(internal::duration time);

  /// How many timers have gone off.
  std::size_t timeouts() const {
    return timeouts_;
  }

  internal::instant now() const;

  /// The server's clock, which is also this machine's.
  std::int64_t unix_ms() const;

  /// Spawns the store; does not run it.
  void start();

  /// The same, where it may fail.
  caf::error try_start();

  /// Spawns the store and lets it become ready.
  void start_ready();

  /// Tells the store, and the others, to end.
  void stop();

  /// Another store of this world; `store` stays as it is.
  store_actor start_another();

  /// What the stores of this world take from outside.
  internal::environment environment();

  /// Where `log` is written.
  log_sink sink();

  caf::actor_system& system() {
    return system_;
  }

  // -- requests: made at the next `run` ---------------------------------------

  outcome<get_answer> get(const std::string& id, caf::timespan timeout = {});
  outcome<session> upsert(const session& x, caf::timespan timeout = {});
  outcome<removed> remove(const std::string& id, caf::timespan timeout = {});
  outcome<removed> remove_all();
  outcome<get_all_answer> get_all();
  outcome<resolution> resolve(const resolution_token& token);
  outcome<store_status> wait_ready(caf::timespan timeout);

  /// The same as `get`, by somebody who can be killed.
  outcome<get_answer> get_as(const caf::actor& who, const std::string& id);

  /// Asks and runs.
  store_status status();

  /// Somebody who can make requests.
  caf::actor make_client();

  /// A session of the one user there is, to be stored for the first time.
  session sample(std::string id = "sid") const;

  /// Its key in the server.
  static constexpr const char* key = "charon_.426.full";

  // -- actors -----------------------------------------------------------------

  /// Those of that name that live and have done something, oldest first.
  std::vector<caf::actor_addr> actors(std::string_view name) const;

  /// Kills an actor and lets everything happen.
  void kill(const caf::actor_addr& victim);

  // -- the world --------------------------------------------------------------

  model_server server;
  std::shared_ptr<fake_redis> redis;
  std::shared_ptr<memory_network> network;
  store_actor store;

  /// What the store counts.
  metrics counts;

  /// By operation and outcome, like `get not_found`: how often requests ended
  /// so, as their clients were told, and as the store counted.
  std::map<std::string, std::uint64_t> told;
  std::map<std::string, std::uint64_t> counted() const;

  /// Lines of log, like `obol.pool: ready`.
  std::vector<std::string> log;

  bool logged(std::string_view text) const;

private:
  caf::actor_system_config& configure();

  caf::scheduler::test_coordinator& scheduler() const;

  /// Runs one job and remembers whose it was.
  void run_job();

  bool anyone_lives() const;

  template <class T, class Request>
  outcome<T> ask(const caf::actor& who, Request what);

  caf::actor_system_config config_;
  caf::actor_system system_;
  options settings_;
  std::vector<store_actor> others_;
  std::size_t timeouts_ = 0;
  caf::actor client_;
  std::map<caf::actor_id, std::pair<std::string, caf::actor_addr>> seen_;
};

} // namespace obol::test
