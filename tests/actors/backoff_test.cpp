#include "obol/internal/backoff.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <limits>

namespace {

using namespace std::chrono_literals;
using obol::internal::backoff;
using obol::internal::duration;

constexpr auto most = std::numeric_limits<std::uint64_t>::max();

TEST(BackoffTest, BoundDoublesUntilTheMaximum) {
  backoff x{100ms, 750ms};
  EXPECT_EQ(x.bound(), 100ms);
  x.next(0);
  EXPECT_EQ(x.bound(), 200ms);
  x.next(0);
  EXPECT_EQ(x.bound(), 400ms);
  x.next(0);
  EXPECT_EQ(x.bound(), 750ms);
  x.next(0);
  EXPECT_EQ(x.bound(), 750ms);
}

TEST(BackoffTest, EveryWaitIsWithinItsBound) {
  backoff x{100ms, 10s};
  for (std::uint64_t random = 1; random != 0; random <<= 1) {
    auto bound = x.bound();
    auto wait = x.next(random * 0x9e3779b97f4a7c15u);
    EXPECT_GT(wait, 0ms);
    EXPECT_LE(wait, bound);
  }
  backoff y{100ms, 10s};
  auto wait = y.next(most);
  EXPECT_GT(wait, 0ms);
  EXPECT_LE(wait, 100ms);
}

TEST(BackoffTest, JitterReachesBothEndsOfTheBound) {
  // Full jitter: from next to nothing up to the bound itself.
  auto range = static_cast<std::uint64_t>(duration{100ms}.count());
  EXPECT_EQ((backoff{100ms, 1s}.next(0)), duration{1});
  EXPECT_EQ((backoff{100ms, 1s}.next(range - 1)), 100ms);
  EXPECT_EQ((backoff{100ms, 1s}.next(range)), duration{1});
}

TEST(BackoffTest, WaitsSpreadOverTheWholeBound) {
  // Of many waits about a tenth lies in each tenth of the bound.
  int tenths[10] = {};
  std::uint64_t random = 1;
  for (int i = 0; i < 10'000; ++i) {
    random = random * 6364136223846793005u + 1442695040888963407u;
    auto wait = backoff{100ms, 1s}.next(random >> 20);
    ++tenths[(wait.count() - 1) * 10 / duration{100ms}.count()];
  }
  for (auto count : tenths) {
    EXPECT_GT(count, 800);
    EXPECT_LT(count, 1'200);
  }
}

TEST(BackoffTest, SuccessStartsItOver) {
  backoff x{100ms, 10s};
  x.next(0);
  x.next(0);

  x.reset();

  EXPECT_EQ(x.bound(), 100ms);
}

TEST(BackoffTest, InitialMayBeTheMaximum) {
  backoff x{100ms, 100ms};
  x.next(most);
  EXPECT_EQ(x.bound(), 100ms);
}

TEST(BackoffTest, ZeroBoundsStillWaitATick) {
  backoff x{0ms, 0ms};
  EXPECT_EQ(x.next(most), duration{1});
}

} // namespace
