#include "obol/internal/tick_timer.hpp"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using obol::internal::instant;
using obol::internal::tick_timer;

const instant start{};

TEST(TickTimerTest, OneMessageIsUnderWayForOneTick) {
  tick_timer x;
  EXPECT_TRUE(x.schedule(start, 20ms));
  EXPECT_FALSE(x.schedule(start, 20ms));
  EXPECT_FALSE(x.schedule(start + 5ms, 20ms));
}

TEST(TickTimerTest, TickThatCountsLetsTheNextBeScheduled) {
  tick_timer x;
  x.schedule(start, 20ms);
  EXPECT_TRUE(x.on_tick(start + 20ms));
  EXPECT_TRUE(x.schedule(start + 20ms, 20ms));
}

TEST(TickTimerTest, EarlierTickReplacesALaterOne) {
  tick_timer x;
  x.schedule(start, 500ms);
  EXPECT_TRUE(x.schedule(start, 20ms));

  EXPECT_TRUE(x.on_tick(start + 20ms));
  x.schedule(start + 490ms, 20ms);

  // The message of the replaced tick comes too early for the new one.
  EXPECT_FALSE(x.on_tick(start + 500ms));
  EXPECT_TRUE(x.on_tick(start + 510ms));
}

TEST(TickTimerTest, TickNobodyWaitsForIsIgnored) {
  tick_timer x;
  EXPECT_FALSE(x.on_tick(start));
}

} // namespace
