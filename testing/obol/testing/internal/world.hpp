#pragma once

#include "obol/interfaces.hpp"
#include "obol/internal/request_totals.hpp"
#include "obol/internal/node_network.hpp"
#include "obol/log.hpp"
#include "obol/node_options.hpp"
#include "obol/metrics.hpp"
#include "obol/options.hpp"
#include "obol/testing/fault.hpp"
#include "obol/testing/internal/fault_driver.hpp"
#include "obol/testing/internal/random_stream.hpp"
#include "obol/testing/internal/server_host.hpp"
#include "obol/testing/internal/simulated_network.hpp"
#include "obol/testing/internal/timeline.hpp"
#include "obol/testing/internal/trace.hpp"

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/expected.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace obol::testing::internal {

/// What a world begins with.
struct world_settings {
  std::uint64_t seed = 1;
  server_kind server = server_kind::redis_8;

  /// How many lines of trace are kept; 0 for none.
  std::size_t trace_lines = 0;

  /// The longest that one step of an actor may take, as on a machine that has
  /// other things to do.
  duration step_cost_max{};
};

/// Actors, time, a network and a server that all stand still unless `step`
/// moves them, and move the same way for the same seed. Whose turn it is among
/// the actors is drawn by lot.
class world {
public:
  explicit world(world_settings settings);

  /// Everything of it ends; see `end`.
  ~world();

  // -- moving -----------------------------------------------------------------

  /// Lets one thing happen, if anything is left to happen up to `limit`;
  /// otherwise it becomes `limit`, and the answer is false.
  bool step(instant limit);

  /// Lets everything happen that happens up to `until`.
  void run_until(instant until);

  /// Lets things happen until `done` says so. @returns whether it did by
  /// `limit`
  bool run_until(const std::function<bool()>& done, instant limit);

  // -- actors -----------------------------------------------------------------

  /// Starts a store; the network knows it by the order of the calls, from 1.
  caf::expected<store_actor> spawn_store(options settings);

  /// Starts a client of nodes.
  caf::expected<store_actor>
  connect_store(remote_options settings,
                std::shared_ptr<obol::internal::node_network> nodes);

  /// Somebody who can make requests.
  caf::actor make_client();

  /// Lets a client do something at its next turn.
  void post(const caf::actor& client,
            std::function<void(caf::event_based_actor*)> job);

  /// Tells all stores to end.
  void stop_stores();

  /// Kills a client.
  void kill(const caf::actor& client);

  /// Ends all stores and clients. @returns whether every actor has ended within
  /// 15 s, which no store exceeds
  bool end();

  // -- queries ----------------------------------------------------------------

  instant now() const {
    return now_;
  }

  /// The calendar of all but the server: seconds since the Unix epoch.
  std::int64_t unix_seconds() const;

  std::uint64_t steps() const {
    return steps_;
  }

  /// What all stores together have counted.
  obol::internal::request_totals counted() const;

  caf::actor_system& system() {
    return system_;
  }

  const std::vector<std::string>& log() const {
    return log_;
  }

private:
  caf::actor_system_config& configure();
  caf::scheduler::test_coordinator& scheduler();
  void run_job();
  void set_time(instant when);
  void fire_timeouts();

  world_settings settings_;
  instant now_{std::chrono::seconds{1}};
  caf::actor_system_config config_;
  std::uint64_t steps_ = 0;
  std::vector<std::string> log_;
  std::vector<metrics> counts_;

public:
  // -- parts, in the order they build on each other ---------------------------

  random_stream random;
  timeline time;
  internal::trace trace;
  fault_counts counts;
  simulated_network network;
  server_host host;
  fault_driver faults;

private:
  // Its actors hold parts of the network.
  caf::actor_system system_;
  random_stream turns_;
  std::vector<store_actor> stores_;
  std::vector<store_actor> remotes_;
  std::vector<caf::actor> clients_;
};

} // namespace obol::testing::internal
