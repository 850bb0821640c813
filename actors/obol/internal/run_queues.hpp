#pragma once

#include "obol/internal/brief_mutex.hpp"
#include "obol/internal/job_average.hpp"
#include "obol/internal/poller.hpp"

#include <caf/resumable.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

namespace obol::internal {

/// The jobs of a scheduler whose idle workers wait for sockets themselves.
///
/// What a worker makes ready it runs itself, without waking anybody, as long as
/// that takes it little time: a wake-up costs more than a few jobs. With more
/// it shares with a worker that waits. The last worker that is awake waits for
/// sockets (it polls) when it has nothing to do; the others sleep, and leave
/// events to those who are awake. They look up now and then: what lies behind a
/// long job they take, and should nobody see to events, one of them does.
///
/// Thread-safe. Called by worker i: whatever takes `worker`.
class run_queues {
public:
  using job = caf::resumable*;
  using clock = std::chrono::steady_clock;
  using duration = clock::duration;

  /// A worker shares once its own jobs would take it so long, as its last ones
  /// went: to wake another costs both of them some microseconds, and may take a
  /// processor from the server. Measured with 150 to 1200.
  static constexpr auto worth_sharing = std::chrono::microseconds{500};

  /// With fewer jobs from outside nobody is called while a worker is awake: it
  /// will take them before it waits.
  static constexpr std::size_t call_from = 4;

  /// With so many shared jobs one who sleeps is called although another is
  /// awake.
  static constexpr std::size_t call_more_from = 64;

  /// Where so many events are expected, the last worker that is awake looks
  /// for them for so long before it sleeps: they mostly come sooner than it
  /// would be awake again.
  static constexpr std::uint32_t spin_events = 32;
  static constexpr auto short_spin = std::chrono::microseconds{50};

  /// How often it looks: each look is a system call.
  static constexpr auto spin_look_interval = std::chrono::microseconds{3};

  /// After so many jobs in a row a worker looks for events, and for jobs of
  /// others.
  static constexpr std::size_t jobs_per_look = 32;
  static constexpr std::size_t jobs_per_fetch = 8;

  /// Events are left to those who are awake as long as their jobs take less
  /// than this: two who take turns at the same connections are slower than one.
  static constexpr auto long_job = std::chrono::microseconds{200};

  /// How often one of those who wait looks up: at rest, and while somebody is
  /// awake. The one who polls need not while all wait.
  static constexpr auto look_up_interval = std::chrono::milliseconds{20};
  static constexpr auto short_look_up_interval = std::chrono::milliseconds{2};

  /// `spin` is for how long a worker that has run out of jobs polls without
  /// sleeping, at least.
  explicit run_queues(duration spin);

  ~run_queues();

  /// Before any other call; answers the worker's number.
  std::size_t add_worker();

  /// From a thread that is no worker.
  /// @returns whether it was taken in: not once all has been drained
  bool push(job what);

  void push(std::size_t worker, job what);

  /// The next job; waits until there is one.
  job take(std::size_t worker);

  /// The worker ends.
  void leave(std::size_t worker);

  /// Takes out every job, in no order, when the workers have ended. What comes
  /// later is not taken in.
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

    /// How many jobs it has taken, and had when somebody last looked; whether
    /// these were as many as at the look before.
    std::uint64_t taken = 0;
    std::uint64_t taken_before = 0;
    bool stuck = false;

    std::size_t in_a_row = 0;

    job_average<clock> average;

    // Guarded by the lock of all.
    bool waits = false;
    bool has_left = false;
  };

  /// Tells how many are left.
  job pop(own_queue& from, std::size_t& left);

  /// Moves some of the shared jobs here.
  bool fetch(own_queue& to);

  /// Moves half of so many own jobs to the shared ones, if somebody waits and
  /// it is worth it.
  void share_if_worth_it(own_queue& from, std::size_t size);

  void share(own_queue& from);

  /// Tells one of those who wait that there are more shared jobs: in any case,
  /// or if who is awake cannot be left alone with them. Unlocks.
  void call_one(std::unique_lock<std::mutex>& guard, bool in_any_case);

  void note_waiting();

  /// How many have not left.
  std::size_t present() const;

  /// How many of them do not wait, or were called.
  std::size_t awake() const;

  /// Whether events can be left to somebody awake, whose jobs are short and who
  /// is not stuck in one.
  bool has_quick_worker() const;

  /// Until there may be something to do.
  void wait(own_queue& own);

  /// Waits for events; without limit where all wait.
  void poll(std::unique_lock<std::mutex>& guard);

  /// Takes the events that are there, unless somebody waits for them.
  void look();

  /// How long to look for events before sleeping. Called under the lock.
  duration time_to_spin() const;

  /// Whether there is something to do.
  bool spin(duration time);

  void sleep(std::unique_lock<std::mutex>& guard);

  /// Takes from those who have taken nothing since the last look: what they run
  /// is long.
  /// @returns whether that is so with all who are awake
  bool steal();

  std::shared_ptr<poller> events_;
  const duration spin_;

  /// Whether this process has one processor for all its threads: who spins then
  /// lets others run, who may wait for what was just done.
  const bool shares_processor_;
  std::vector<std::unique_ptr<own_queue>> own_;

  std::mutex lock_;
  // Guarded by lock_, like the next eight.
  std::deque<job> shared_;
  std::condition_variable bell_;
  /// Those who sleep and were not called, and those who were and still do.
  unsigned asleep_ = 0;
  unsigned called_ = 0;
  bool has_poller_ = false;
  bool poller_sleeps_ = false;
  std::size_t left_ = 0;
  bool drained_ = false;

  /// Written under lock_. Whoever gets something to do ends it, by a call.
  std::atomic<bool> at_rest_{false};

  /// How many are in shared_, and how many workers wait: hints.
  std::atomic<std::size_t> shared_count_{0};
  std::atomic<std::size_t> waiting_{0};
};

} // namespace obol::internal
