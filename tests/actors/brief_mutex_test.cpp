#include "obol/internal/brief_mutex.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

namespace {

using obol::internal::brief_mutex;

TEST(BriefMutexTest, OneAtATime) {
  brief_mutex mutex;
  int count = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 10'000; ++k) {
        std::lock_guard guard{mutex};
        ++count;
      }
    });
  }
  for (auto& x : threads)
    x.join();
  EXPECT_EQ(count, 40'000);
}

TEST(BriefMutexTest, WhoeverFindsItTakenForLongGetsItInTheEnd) {
  // Given one that is held until told otherwise
  brief_mutex mutex;
  std::atomic<bool> wants{false};
  std::atomic<bool> has{false};
  mutex.lock();

  // When another wants it, for longer than it looks
  std::thread other{[&] {
    wants = true;
    std::lock_guard guard{mutex};
    has = true;
  }};
  while (!wants)
    std::this_thread::yield();
  for (int i = 0; i < 1'000; ++i)
    std::this_thread::yield();

  // Then it waits, and gets it when it is free.
  EXPECT_FALSE(has);
  mutex.unlock();
  other.join();
  EXPECT_TRUE(has);
}

} // namespace
