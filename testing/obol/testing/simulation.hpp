#pragma once

#include "obol/interfaces.hpp"
#include "obol/options.hpp"
#include "obol/testing/fault.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/expected.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace obol::testing {

/// Which server a simulated one behaves like.
enum class server_model : std::uint8_t { redis_7, redis_8, valkey_9 };

struct simulation_options {
  /// Everything that is left to chance follows from it.
  std::uint64_t seed = 1;

  server_model server = server_model::redis_8;

  /// These happen again and again until `calm`, each about once per
  /// `fault_interval`.
  std::vector<fault> faults;
  std::chrono::milliseconds fault_interval{500};

  /// How many of the last events are kept for `trace`.
  std::size_t trace_lines = 200;
};

/// Settings of a store for tests: the defaults, two connections and a signing
/// key that is no secret.
options test_options();

/// The answer a request is replied to with.
template <class Request>
struct answer_to;

template <>
struct answer_to<get_request> : std::common_type<get_answer> {};

template <>
struct answer_to<upsert_request> : std::common_type<session> {};

template <>
struct answer_to<delete_request> : std::common_type<removed> {};

template <>
struct answer_to<get_all_request> : std::common_type<get_all_answer> {};

template <>
struct answer_to<delete_all_request> : std::common_type<removed> {};

template <>
struct answer_to<delete_others_request> : std::common_type<removed> {};

template <>
struct answer_to<revoke_before_request> : std::common_type<removed> {};

template <>
struct answer_to<resolve_request> : std::common_type<resolution> {};

template <>
struct answer_to<status_request> : std::common_type<store_status> {};

template <>
struct answer_to<wait_ready_request> : std::common_type<store_status> {};

/// A world to try a login flow in: real stores, on a simulated network, server
/// and clock, all in the calling thread. Time passes only while a call of this
/// class waits for something, and then as fast as the machine can. The same
/// seed gives the same world, event by event.
///
/// For one thread. Actors of the caller's own may be spawned in `system`.
class simulation {
public:
  using duration = std::chrono::nanoseconds;

  template <class Request>
  using answer = caf::expected<typename answer_to<Request>::type>;

  explicit simulation(simulation_options settings);

  simulation(const simulation&) = delete;
  simulation& operator=(const simulation&) = delete;

  /// Stops the stores, and lets them end.
  ~simulation();

  // -- stores -----------------------------------------------------------------

  /// Starts a store on the server of this world; the settings' endpoint does
  /// not matter. Fails if a setting breaks a rule.
  caf::expected<store_actor> start_store(options settings = test_options());

  /// Makes a request and lets the world run until it is answered.
  template <class Request>
  answer<Request> call(const store_actor& store, Request what) {
    std::optional<answer<Request>> result;
    send(store, std::move(what),
         [&result](answer<Request> x) { result.emplace(std::move(x)); });
    if (!run_until([&result] { return result.has_value(); }, call_time_max))
      return caf::make_error(ec::unavailable, std::string{"no answer came"});
    return std::move(*result);
  }

  /// Makes a request; `done` runs while the world does.
  template <class Request>
  void send(const store_actor& store, Request what,
            std::function<void(answer<Request>)> done) {
    post([store, done = std::move(done),
          what = std::move(what)](caf::event_based_actor* self) {
      using value = typename answer_to<Request>::type;
      self->request(caf::actor_cast<caf::actor>(store), caf::infinite, what)
        .then([done](value& x) { done(std::move(x)); },
              [done](caf::error& x) { done(std::move(x)); });
    });
  }

  // -- time -------------------------------------------------------------------

  void run_for(duration time);

  /// Runs until `done` says so, or for `limit`. @returns whether it did
  bool run_until(const std::function<bool()>& done, duration limit);

  /// Since the beginning of the world.
  duration now() const;

  /// What a calendar in this world says.
  obol::unix_seconds unix_seconds() const;

  // -- faults -----------------------------------------------------------------

  /// Lets a fault happen now, for so long if it is one that lasts.
  void inject(fault x, duration how_long = std::chrono::milliseconds{500});

  /// Ends all faults. Stores recover within 30 s of it.
  void calm();

  /// How often each fault had an effect.
  const fault_counts& happened() const;

  // -- looking ----------------------------------------------------------------

  /// The last events, a line each, without ids or payloads.
  std::string trace() const;

  /// What the stores logged, down to `info`.
  const std::vector<std::string>& log() const;

  caf::actor_system& system();

private:
  /// No call takes longer, whatever its timeout.
  static constexpr std::chrono::seconds call_time_max{20};

  void post(std::function<void(caf::event_based_actor*)> job);

  struct implementation;
  std::unique_ptr<implementation> impl_;
};

} // namespace obol::testing
