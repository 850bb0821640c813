#include "obol/internal/notification_gate.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <semaphore>
#include <thread>

namespace obol::internal {
namespace {

TEST(NotificationGateTest, SignalsBeforeTheAcknowledgeAreOneNotification) {
  int notified = 0;
  notification_gate gate{[&] { ++notified; }};

  gate.signal();
  gate.signal();
  EXPECT_EQ(notified, 1);

  gate.acknowledge();
  gate.signal();
  EXPECT_EQ(notified, 2);
}

TEST(NotificationGateTest, ShutGateIsSilentAndForgetsItsNotification) {
  auto held = std::make_shared<int>(0);
  notification_gate gate{[held] { ++*held; }};

  gate.shut();
  gate.signal();

  EXPECT_EQ(*held, 0);
  EXPECT_EQ(held.use_count(), 1);
}

TEST(NotificationGateTest, NotificationMayShutItsOwnGate) {
  auto held = std::make_shared<int>(0);
  notification_gate* self = nullptr;
  notification_gate gate{[held, &self] {
    self->shut();
    ++*held;
  }};
  self = &gate;

  gate.signal();

  EXPECT_EQ(*held, 1);
  EXPECT_EQ(held.use_count(), 1);
}

TEST(NotificationGateTest, NoEventFallsBetweenAcknowledgeAndLooking) {
  // Given events made by two threads, each visible before its signal
  constexpr int events_each = 50'000;
  std::atomic<int> events = 0;
  std::counting_semaphore<> notified{0};
  notification_gate gate{[&] { notified.release(); }};
  auto produce = [&] {
    for (int i = 0; i < events_each; ++i) {
      events.fetch_add(1, std::memory_order_relaxed);
      gate.signal();
    }
  };
  std::thread first{produce};
  std::thread second{produce};

  // When the owner acknowledges first and looks then
  int seen = 0;
  while (seen < 2 * events_each) {
    ASSERT_TRUE(notified.try_acquire_for(std::chrono::seconds{20}));
    gate.acknowledge();
    seen = events.load(std::memory_order_relaxed);
  }

  // Then it has seen them all without being stuck
  first.join();
  second.join();
  EXPECT_EQ(seen, 2 * events_each);
}

} // namespace
} // namespace obol::internal
