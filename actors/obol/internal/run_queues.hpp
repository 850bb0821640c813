#pragma once

#include "obol/internal/brief_mutex.hpp"
#include "obol/internal/poller.hpp"

#include <caf/resumable.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

namespace obol::internal {

/// The jobs of a scheduler whose idle workers wait for sockets themselves.
///
/// What a worker makes ready it runs itself, without waking anybody, as long as
/// that is little: a wake-up costs more than a few jobs. With more it shares
/// with a worker that waits. At most one worker waits for sockets (it polls),
/// the others sleep. Those who wait look up now and then: what lies behind a
/// long job they take, and should nobody poll, one of them does.
///
/// Thread-safe. Called by worker i: whatever takes `worker`.
class run_queues {
public:
  using job = caf::resumable*;
  using clock = std::chrono::steady_clock;
  using duration = clock::duration;

  /// From so many own jobs on a worker shares: what takes longer than to wake
  /// another. Measured with 8 to 128 on two cores.
  static constexpr std::size_t share_from = 64;

  /// With fewer jobs from outside nobody is called while a worker is awake: it
  /// will take them before it waits.
  static constexpr std::size_t call_from = 4;

  /// A worker that has been busy for so long and still has so many jobs shares
  /// them: each may be long, such as a connection with many requests. Sooner
  /// where so many events are expected that two have enough to do.
  static constexpr auto share_after = std::chrono::milliseconds{1};
  static constexpr auto share_soon_after = std::chrono::microseconds{150};
  static constexpr std::uint32_t many_events = 64;
  static constexpr std::size_t lasting_jobs = 2;

  /// Where so many events are expected, the last worker that is awake looks
  /// for them for so long before it sleeps: they mostly come sooner than it
  /// would be awake again.
  static constexpr std::uint32_t spin_events = 32;
  static constexpr auto short_spin = std::chrono::microseconds{50};

  /// After so many jobs in a row a worker looks for events, and for jobs of
  /// others.
  static constexpr std::size_t jobs_per_look = 32;
  static constexpr std::size_t jobs_per_fetch = 8;

  /// How often one of those who wait looks up. The one who polls need not while
  /// all wait.
  static constexpr auto look_up_interval = std::chrono::milliseconds{10};

  /// `spin` is for how long a worker that has run out of jobs polls without
  /// sleeping, at least.
  explicit run_queues(duration spin);

  ~run_queues();

  /// Before any other call; answers the worker's number.
  std::size_t add_worker();

  /// From a thread that is no worker.
  void push(job what);

  void push(std::size_t worker, job what);

  /// The next job; waits until there is one.
  job take(std::size_t worker);

  /// Takes out every job, in no order, when the workers have ended.
  std::vector<job> drain();

  /// Whether all wait, and one of them for events, without limit.
  bool at_rest() const {
    return at_rest_.load(std::memory_order_relaxed);
  }

  /// Where sockets are to be watched.
  const std::shared_ptr<poller>& events() const {
    return events_;
  }

private:
  struct own_queue {
    brief_mutex lock;
    std::deque<job> jobs;
    std::size_t in_a_row = 0;

    /// When it last had nothing to do, or shared.
    clock::time_point busy_since{};
  };

  job pop(own_queue& from);

  /// Moves some of the shared jobs here.
  bool fetch(own_queue& to);

  /// Moves half of the own jobs to the shared ones.
  void share(own_queue& from);

  void share_if_lasting(own_queue& from);

  /// Tells one of those who wait, if it is needed, that there are more shared
  /// jobs. Unlocks.
  void call_one(std::unique_lock<std::mutex>& guard);

  void note_waiting();

  /// Until there may be something to do.
  void wait();

  void poll(std::unique_lock<std::mutex>& guard);

  /// Takes the events that are there, unless somebody waits for them.
  void look();

  /// How long to look for events before sleeping. Called under the lock.
  duration time_to_spin() const;

  /// Whether there is something to do.
  bool spin(duration time);

  void sleep(std::unique_lock<std::mutex>& guard);

  /// Takes from those who are too busy to share.
  void steal();

  std::shared_ptr<poller> events_;
  const duration spin_;
  std::vector<std::unique_ptr<own_queue>> own_;

  std::mutex lock_;
  // Guarded by lock_, like the next six.
  std::deque<job> shared_;
  std::condition_variable bell_;
  /// Those who sleep and were not called, and those who were and still do.
  unsigned asleep_ = 0;
  unsigned called_ = 0;
  bool has_poller_ = false;
  bool poller_sleeps_ = false;

  /// Written under lock_. Whoever gets something to do ends it, by a call.
  std::atomic<bool> at_rest_{false};

  /// How many are in shared_, and how many workers wait: hints.
  std::atomic<std::size_t> shared_count_{0};
  std::atomic<std::size_t> waiting_{0};
};

} // namespace obol::internal
