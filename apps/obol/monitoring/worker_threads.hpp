#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace obol::monitoring {

/// So many threads that do jobs, of which only so many may wait: who brings one
/// more waits himself.
class worker_threads {
public:
  worker_threads(std::size_t count, std::size_t max_waiting);

  /// Does what waits, then ends.
  ~worker_threads();

  worker_threads(const worker_threads&) = delete;
  worker_threads& operator=(const worker_threads&) = delete;

  void add(std::function<void()> job);

  /// Does what waits and ends all threads. A second call does nothing.
  void finish();

private:
  void work();

  std::size_t max_waiting_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  std::deque<std::function<void()>> waiting_;
  bool finishing_ = false;
  std::vector<std::thread> threads_;
};

} // namespace obol::monitoring
