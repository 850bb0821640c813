#pragma once

#include "obol/internal/processor_pause.hpp"

#include <mutex>

namespace obol::internal {

/// A mutex for what takes less time than it takes a thread to fall asleep and
/// to be woken: who finds it taken looks again for a moment before sleeping.
class brief_mutex {
public:
  void lock() {
    for (unsigned pauses = 1; pauses <= longest_pause; pauses *= 2) {
      if (mutex_.try_lock())
        return;
      for (unsigned i = 0; i < pauses; ++i)
        processor_pause();
    }
    mutex_.lock();
  }

  bool try_lock() {
    return mutex_.try_lock();
  }

  void unlock() {
    mutex_.unlock();
  }

private:
  /// In the processor's own pauses; all of them together are about 1 us.
  static constexpr unsigned longest_pause = 32;

  std::mutex mutex_;
};

} // namespace obol::internal
