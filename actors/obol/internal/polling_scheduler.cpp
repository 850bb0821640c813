#include "obol/internal/polling_scheduler.hpp"

#include "obol/internal/run_queues.hpp"
#include "obol/internal/usable_processors.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/logger.hpp>
#include <caf/policy/unprofiled.hpp>
#include <caf/scheduler/coordinator.hpp>
#include <caf/settings.hpp>

#include <cstddef>
#include <utility>

namespace obol::internal {

namespace {

constexpr const char* spin_key = "obol.spin";
constexpr const char* workers_key = "scheduler.max-threads";

thread_local caf::execution_unit* this_worker = nullptr;

/// CAF's scheduler with `run_queues` for its jobs.
class polling : public caf::policy::unprofiled {
public:
  struct coordinator_data {
    explicit coordinator_data(caf::scheduler::abstract_coordinator* self)
      : queues(caf::get_or(self->config(), spin_key, caf::timespan{0})) {
    }

    run_queues queues;
  };

  struct worker_data {
    explicit worker_data(caf::scheduler::coordinator<polling>* self)
      : queues(&self->data().queues) {
    }

    // CAF copies what it has made once, for each worker.
    worker_data(const worker_data& other)
      : queues(other.queues), number(queues->add_worker()) {
    }

    run_queues* queues;
    std::size_t number = 0;
  };

  template <class Coordinator>
  void central_enqueue(Coordinator* self, caf::resumable* job) {
    push(d(self).queues, job);
  }

  template <class Worker>
  void external_enqueue(Worker* self, caf::resumable* job) {
    push(*d(self).queues, job);
  }

  template <class Worker>
  void internal_enqueue(Worker* self, caf::resumable* job) {
    d(self).queues->push(d(self).number, job);
  }

  template <class Worker>
  void resume_job_later(Worker* self, caf::resumable* job) {
    internal_enqueue(self, job);
  }

  /// Runs actors itself: CAF's loop asks RTTI of every job whether it is an
  /// actor to be named in the log. Answers what is none.
  template <class Worker>
  caf::resumable* dequeue(Worker* self) {
    if (!std::exchange(this_worker, self))
      log_only_if_wanted(self->system());
    for (;;) {
      auto* job = d(self).queues->take(d(self).number);
      if (job->subtype() != caf::resumable::scheduled_actor)
        return job;
      if (job->resume(self, self->max_throughput())
          == caf::resumable::resume_later)
        internal_enqueue(self, job);
      else
        caf::intrusive_ptr_release(job);
    }
  }

  template <class Worker>
  void before_shutdown(Worker* self) {
    d(self).queues->leave(d(self).number);
  }

  template <class Worker, class Action>
  void foreach_resumable(Worker*, Action) {
    // All are in the queues of the coordinator.
  }

  template <class Coordinator, class Action>
  void foreach_central_resumable(Coordinator* self, Action action) {
    for (auto* job : d(self).queues.drain())
      action(job);
  }

private:
  /// CAF's logger looks up, under a lock, who runs in this thread whenever an
  /// actor begins or ends its turn, even if nothing is logged.
  static void log_only_if_wanted(caf::actor_system& system) {
    if (system.logger().verbosity() == CAF_LOG_LEVEL_QUIET)
      caf::logger::set_current_actor_system(nullptr);
  }

  // CAF ends its clock, and actors with threads of their own, only after it has
  // cleaned up what lay in the queues.
  static void push(run_queues& queues, caf::resumable* job) {
    if (!queues.push(job))
      caf::scheduler::abstract_coordinator::cleanup_and_release(job);
  }
};

using polling_coordinator = caf::scheduler::coordinator<polling>;

} // namespace

void load_polling_scheduler(caf::actor_system_config& config,
                            std::chrono::nanoseconds spin) {
  caf::put(config.content, spin_key, caf::timespan{spin});
  if (!caf::get_if<std::size_t>(&config.content, workers_key))
    caf::put(config.content, workers_key, usable_processors());
  config.load<polling_coordinator>();
}

std::shared_ptr<poller> poller_of(caf::actor_system& system) {
  auto* ours = dynamic_cast<polling_coordinator*>(&system.scheduler());
  return ours ? ours->data().queues.events() : nullptr;
}

caf::execution_unit* current_worker(const caf::actor_system& of) noexcept {
  return this_worker && &this_worker->system() == &of ? this_worker : nullptr;
}

} // namespace obol::internal
