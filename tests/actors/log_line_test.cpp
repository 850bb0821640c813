#include "obol/internal/log_line.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace {

using namespace std::chrono_literals;
using obol::log_format;
using obol::log_level;
using obol::internal::log_line;

// 2026-11-21T10:00:00.007Z
const std::chrono::system_clock::time_point moment{1'795'255'200'007ms};

TEST(LogLineTest, LogfmtHasTimeLevelActorAndMessage) {
  EXPECT_EQ(log_line(log_format::logfmt, moment, log_level::warning,
                     "obol.pool", "not ready"),
            "time=2026-11-21T10:00:00.007Z level=warning actor=obol.pool "
            "msg=\"not ready\"\n");
}

TEST(LogLineTest, JsonHasTheSameFields) {
  EXPECT_EQ(log_line(log_format::json, moment, log_level::error, "obol.pool",
                     "not ready"),
            "{\"time\":\"2026-11-21T10:00:00.007Z\",\"level\":\"error\","
            "\"actor\":\"obol.pool\",\"msg\":\"not ready\"}\n");
}

TEST(LogLineTest, NoTextCanForgeALineOrAField) {
  const char* hostile = "a\nlevel=error \"b\\\x01";
  EXPECT_EQ(log_line(log_format::logfmt, moment, log_level::info, "x", hostile),
            "time=2026-11-21T10:00:00.007Z level=info actor=x "
            "msg=\"a'level=error 'b\\'\"\n");
  EXPECT_EQ(log_line(log_format::json, moment, log_level::info, "x", hostile),
            "{\"time\":\"2026-11-21T10:00:00.007Z\",\"level\":\"info\","
            "\"actor\":\"x\",\"msg\":\"a\\u000alevel=error "
            "\\\"b\\\\\\u0001\"}\n");
}

} // namespace
