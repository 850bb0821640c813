#include "monitoring/worker_threads.hpp"

#include "obol/internal/service_thread.hpp"

#include <utility>

namespace obol::monitoring {

worker_threads::worker_threads(std::size_t count, std::size_t max_waiting)
  : max_waiting_(max_waiting) {
  for (std::size_t i = 0; i < count; ++i)
    threads_.push_back(
      internal::start_service_thread("obol.http", [this] { work(); }));
}

worker_threads::~worker_threads() {
  finish();
}

void worker_threads::add(std::function<void()> job) {
  std::unique_lock guard{mutex_};
  changed_.wait(guard, [this] { return waiting_.size() < max_waiting_; });
  waiting_.push_back(std::move(job));
  changed_.notify_all();
}

void worker_threads::finish() {
  {
    std::lock_guard guard{mutex_};
    finishing_ = true;
  }
  changed_.notify_all();
  for (auto& x : threads_)
    x.join();
  threads_.clear();
}

void worker_threads::work() {
  std::unique_lock guard{mutex_};
  for (;;) {
    changed_.wait(guard, [this] { return finishing_ || !waiting_.empty(); });
    if (waiting_.empty())
      return;
    auto job = std::move(waiting_.front());
    waiting_.pop_front();
    changed_.notify_all();
    guard.unlock();
    job();
    job = nullptr;
    guard.lock();
  }
}

} // namespace obol::monitoring
