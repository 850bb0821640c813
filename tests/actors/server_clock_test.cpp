#include "obol/internal/server_clock.hpp"

#include <gtest/gtest.h>

namespace obol::test {
namespace {

using namespace std::chrono_literals;
using internal::instant;
using internal::server_clock;

constexpr std::int64_t server_ms = 1'795'000'000'000;
constexpr instant start = instant{} + 1h;

TEST(ServerClockTest, ReplyIsOfTheMiddleOfItsWay) {
  server_clock x;
  EXPECT_FALSE(x.is_known());
  x.measure(server_ms, start, start + 10ms);
  EXPECT_TRUE(x.is_known());
  EXPECT_EQ(x.ms_at(start + 5ms), server_ms);
  EXPECT_EQ(x.instant_of(server_ms + 7), start + 12ms);
  EXPECT_EQ(x.seconds_at(start + 2005ms), server_ms / 1000 + 2);
}

TEST(ServerClockTest, SlowReplyChangesNothingThatItAgreesWith) {
  server_clock x;
  x.measure(server_ms, start, start);

  // A second on its way, of which the server needed the last moment.
  x.measure(server_ms + 1'990, start + 1s, start + 2s);
  EXPECT_EQ(x.ms_at(start), server_ms);
}

TEST(ServerClockTest, ClockThatWasSetIsFollowed) {
  server_clock x;
  x.measure(server_ms, start, start);
  for (std::int64_t jump : {-5'000, 5'000, 1}) {
    x.measure(server_ms + jump, start, start);
    EXPECT_EQ(x.ms_at(start), server_ms + jump);
  }
  x.measure(server_ms - 2'000, start, start + 1s);
  EXPECT_EQ(x.ms_at(start), server_ms - 2'500);
}

} // namespace
} // namespace obol::test
