#include "obol/internal/jitter.hpp"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using obol::internal::duration;
using obol::internal::jittered;

TEST(JitterTest, ReachesATenthDownAndUpAndNoFurther) {
  EXPECT_EQ(jittered(100s, 0), duration{90s});
  EXPECT_EQ(jittered(100s, 2000), duration{110s});
  for (std::uint64_t random = 0; random < 5000; ++random) {
    EXPECT_GE(jittered(100s, random), duration{90s});
    EXPECT_LE(jittered(100s, random), duration{110s});
  }
}

TEST(JitterTest, ZeroStaysZero) {
  EXPECT_EQ(jittered(duration::zero(), 1234), duration::zero());
}

} // namespace
