#include "obol/internal/run_queues.hpp"

#include "obol/internal/processor_pause.hpp"
#include "obol/internal/usable_processors.hpp"

#include <algorithm>
#include <thread>
#include <utility>

namespace obol::internal {

namespace {

/// How many of the shared jobs a worker takes at a time.
constexpr std::size_t fetch_max = 16;

constexpr auto no_wait = std::chrono::milliseconds{0};
constexpr auto without_limit = std::chrono::milliseconds{-1};

/// Where the machine has one processor, whoever spins takes it from those it
/// waits for. Who may use one of several is apart from them, or was to be.
const bool may_spin = std::thread::hardware_concurrency() > 1;

} // namespace

run_queues::run_queues(duration spin)
  : events_(std::make_shared<poller>(poller::driver::caller)), spin_(spin),
    shares_processor_(usable_processors() == 1) {
}

run_queues::~run_queues() = default;

std::size_t run_queues::add_worker() {
  own_.push_back(std::make_unique<own_queue>());
  return own_.size() - 1;
}

// -- jobs ---------------------------------------------------------------------

bool run_queues::push(job what) {
  std::unique_lock guard{lock_};
  if (drained_)
    return false;
  shared_.push_back(what);
  // Who is awake looks here before it waits. At rest that may be one who has
  // just looked up, finds this, and is busy for long.
  if (awake() > 0 && !at_rest() && shared_.size() < call_from)
    shared_count_.store(shared_.size(), std::memory_order_relaxed);
  else
    call_one(guard, false);
  return true;
}

void run_queues::push(std::size_t worker, job what) {
  auto& own = *own_[worker];
  std::size_t size = 0;
  {
    std::lock_guard guard{own.lock};
    own.jobs.push_back(what);
    size = own.jobs.size();
  }
  share_if_worth_it(own, size);
}

run_queues::job run_queues::take(std::size_t worker) {
  auto& own = *own_[worker];
  for (;;) {
    if (++own.in_a_row % jobs_per_fetch == 0)
      fetch(own);
    if (own.in_a_row >= jobs_per_look) {
      own.in_a_row = 0;
      look();
    }
    std::size_t left = 0;
    if (auto next = pop(own, left)) {
      own.average.on_job();
      share_if_worth_it(own, left);
      return next;
    }
    own.in_a_row = 0;
    own.average.on_pause();
    if (!fetch(own))
      wait(own);
  }
}

void run_queues::leave(std::size_t worker) {
  auto& own = *own_[worker];
  std::unique_lock guard{lock_};
  own.has_left = true;
  ++left_;
  {
    std::lock_guard own_guard{own.lock};
    shared_.insert(shared_.end(), own.jobs.begin(), own.jobs.end());
    own.jobs.clear();
  }
  // Those who wait have left it to this one to look for more.
  call_one(guard, true);
}

std::vector<run_queues::job> run_queues::drain() {
  std::vector<job> result;
  auto take_all = [&](std::deque<job>& jobs) {
    result.insert(result.end(), jobs.begin(), jobs.end());
    jobs.clear();
  };
  for (auto& own : own_) {
    std::lock_guard guard{own->lock};
    take_all(own->jobs);
  }
  std::lock_guard guard{lock_};
  drained_ = true;
  take_all(shared_);
  return result;
}

run_queues::job run_queues::pop(own_queue& from, std::size_t& left) {
  std::lock_guard guard{from.lock};
  if (from.jobs.empty())
    return nullptr;
  auto result = from.jobs.front();
  from.jobs.pop_front();
  ++from.taken;
  left = from.jobs.size();
  return result;
}

bool run_queues::fetch(own_queue& to) {
  if (shared_count_.load(std::memory_order_relaxed) == 0)
    return false;
  std::lock_guard guard{lock_};
  std::lock_guard own_guard{to.lock};
  auto count
    = std::min(std::max<std::size_t>(shared_.size() / 2, 1), fetch_max);
  count = std::min(count, shared_.size());
  auto end = shared_.begin() + static_cast<std::ptrdiff_t>(count);
  to.jobs.insert(to.jobs.end(), shared_.begin(), end);
  shared_.erase(shared_.begin(), end);
  shared_count_.store(shared_.size(), std::memory_order_relaxed);
  return count > 0;
}

// -- sharing ------------------------------------------------------------------

void run_queues::share_if_worth_it(own_queue& from, std::size_t size) {
  if (size < 2 || waiting_.load(std::memory_order_relaxed) == 0)
    return;
  if (from.average.value() * static_cast<int>(size) >= worth_sharing)
    share(from);
}

void run_queues::share(own_queue& from) {
  std::unique_lock guard{lock_};
  {
    std::lock_guard own_guard{from.lock};
    auto half = static_cast<std::ptrdiff_t>(from.jobs.size() / 2);
    shared_.insert(shared_.end(), from.jobs.end() - half, from.jobs.end());
    from.jobs.erase(from.jobs.end() - half, from.jobs.end());
  }
  call_one(guard, true);
}

// Called under the lock.
bool run_queues::steal() {
  auto nobody_moves = true;
  for (auto& own : own_) {
    std::lock_guard own_guard{own->lock};
    own->stuck = own->taken == std::exchange(own->taken_before, own->taken);
    if (!own->stuck) {
      nobody_moves = nobody_moves && own->waits;
      continue;
    }
    shared_.insert(shared_.end(), own->jobs.begin(), own->jobs.end());
    own->jobs.clear();
  }
  shared_count_.store(shared_.size(), std::memory_order_relaxed);
  return nobody_moves;
}

// -- waiting ------------------------------------------------------------------

// The one who polls comes first: it will be needed when the server answers, and
// while it is awake it will look here.
void run_queues::call_one(std::unique_lock<std::mutex>& guard,
                          bool in_any_case) {
  shared_count_.store(shared_.size(), std::memory_order_relaxed);
  auto to_poller = std::exchange(poller_sleeps_, false);
  at_rest_.store(false, std::memory_order_relaxed);
  auto to_sleeper
    = !to_poller && asleep_ > 0
      && (in_any_case || awake() == 0 || shared_.size() >= call_more_from);
  if (to_sleeper) {
    --asleep_;
    ++called_;
  }
  note_waiting();
  // Who is called wants the lock.
  guard.unlock();
  if (to_poller)
    events_->wake();
  else if (to_sleeper)
    bell_.notify_one();
}

void run_queues::note_waiting() {
  waiting_.store(present() - awake(), std::memory_order_relaxed);
}

std::size_t run_queues::present() const {
  return own_.size() - left_;
}

std::size_t run_queues::awake() const {
  return present() - asleep_ - (poller_sleeps_ ? 1 : 0);
}

bool run_queues::has_quick_worker() const {
  return std::any_of(own_.begin(), own_.end(), [](auto& own) {
    if (own->waits || own->has_left || own->average.value() >= long_job)
      return false;
    std::lock_guard own_guard{own->lock};
    return !own->stuck || own->taken != own->taken_before;
  });
}

void run_queues::wait(own_queue& own) {
  std::unique_lock guard{lock_};
  if (!shared_.empty())
    return;
  own.waits = true;
  if (!has_poller_ && (awake() == 1 || !has_quick_worker()))
    poll(guard);
  else
    sleep(guard);
  own.waits = false;
}

// One at a time: a wake-up is one event, which nobody may take from the one it
// is meant for.
void run_queues::look() {
  {
    std::lock_guard guard{lock_};
    if (std::exchange(has_poller_, true))
      return;
  }
  events_->poll(no_wait);
  std::lock_guard guard{lock_};
  has_poller_ = false;
}

void run_queues::poll(std::unique_lock<std::mutex>& guard) {
  has_poller_ = true;
  auto found = false;
  if (auto time = time_to_spin(); time > duration::zero()) {
    guard.unlock();
    found = spin(time);
    guard.lock();
  }
  auto idle = false;
  if (!found && shared_.empty()) {
    poller_sleeps_ = true;
    note_waiting();
    auto all_wait = asleep_ + 1 == present();
    at_rest_.store(all_wait, std::memory_order_relaxed);
    guard.unlock();
    idle = events_->poll(all_wait ? without_limit : look_up_interval) == 0;
    guard.lock();
    at_rest_.store(false, std::memory_order_relaxed);
    // Else somebody has called.
    idle = std::exchange(poller_sleeps_, false) && idle;
    note_waiting();
  }
  has_poller_ = false;
  if (idle)
    steal();
}

run_queues::duration run_queues::time_to_spin() const {
  auto is_last = asleep_ + 1 == present();
  if (may_spin && is_last && events_->forecast()->count() >= spin_events)
    return std::max<duration>(spin_, short_spin);
  return spin_;
}

bool run_queues::spin(duration time) {
  auto now = clock::now();
  auto until = now + time;
  do {
    if (events_->poll(no_wait) > 0)
      return true;
    auto next_look = now + spin_look_interval;
    do {
      if (shared_count_.load(std::memory_order_relaxed) > 0)
        return true;
      if (shares_processor_)
        std::this_thread::yield();
      else
        processor_pause();
      now = clock::now();
    } while (now < next_look);
  } while (now < until);
  return false;
}

void run_queues::sleep(std::unique_lock<std::mutex>& guard) {
  ++asleep_;
  note_waiting();
  auto interval = awake() > 0 ? short_look_up_interval : look_up_interval;
  if (bell_.wait_for(guard, interval * asleep_,
                     [this] { return called_ > 0; })) {
    --called_;
    return;
  }
  --asleep_;
  note_waiting();
  auto nobody_moves = steal();
  if (!shared_.empty()) {
    // The one who polls does so without limit, if all waited.
    if (at_rest()) {
      call_one(guard, false);
      guard.lock();
    }
  } else if (nobody_moves && !has_poller_) {
    poll(guard);
  }
}

} // namespace obol::internal
