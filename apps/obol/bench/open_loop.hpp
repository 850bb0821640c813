#pragma once

#include "bench/hiredis_client.hpp"
#include "bench/load_run.hpp"
#include "bench/player.hpp"
#include "bench/processors.hpp"
#include "obol/facade.hpp"

#include <caf/actor_system.hpp>

#include <cstdint>
#include <memory>
#include <thread>

namespace obol::bench {

/// Requests at fixed times, whatever becomes of those before: a slow answer
/// makes nobody ask later, so that it also counts for those who had to wait
/// behind it. Latencies begin when a request was due.
struct open_schedule {
  /// How often the sender wakes up. Counts for the latency.
  static constexpr std::chrono::microseconds turn{100};

  steady::time_point start;

  /// Between two requests.
  std::chrono::nanoseconds interval;

  /// The first requests warm up and do not count.
  std::uint64_t warm_up = 0;

  /// How many there are, with those.
  std::uint64_t total = 0;

  steady::time_point due(std::uint64_t number) const {
    return start + number * interval;
  }

  /// When to send that request: it waits for others, since a sender that wakes
  /// up for each takes a processor for itself, which the store then lacks.
  steady::time_point sending(std::uint64_t number) const {
    return start + (number * interval / turn + 1) * turn;
  }

  /// How many were due until then.
  std::uint64_t due_until(steady::time_point now) const;

  static open_schedule make(double per_second, run_length length);
};

/// How many leave the run that `start_open_actors` is given.
inline constexpr std::size_t open_lanes = 8;

/// Where the thread runs that sends: it only makes the load.
struct sender_place {
  processors cpus;
  processors::side side;
};

/// Sends requests of client actors to a store at these times. The thread ends
/// when all are sent; the actors when all are answered.
std::jthread
start_open_actors(caf::actor_system& system, const store_actor& store,
                  std::shared_ptr<load_run> run, const play_rules& rules,
                  const open_schedule& when, const sender_place& where);

/// The same by calls with a callback, made by the thread itself. One leaves the
/// run.
std::jthread start_open_callbacks(facade& store, std::shared_ptr<load_run> run,
                                  const play_rules& rules,
                                  const open_schedule& when,
                                  const sender_place& where);

/// The same on one connection of plain hiredis, pipelined as far as requests
/// are due, in a thread that sends and receives, and is measured. One leaves
/// the run.
std::jthread start_open_hiredis(const options& settings, const dataset& data,
                                std::shared_ptr<load_run> run,
                                const hiredis_plan& plan,
                                const open_schedule& when);

/// Waits until a time as exactly as the system can, without burning a
/// processor.
void sleep_precisely_until(steady::time_point time);

} // namespace obol::bench
