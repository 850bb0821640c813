#include "cli/arguments.hpp"
#include "cli/exit_code.hpp"
#include "cli/time_text.hpp"
#include "cli/user_argument.hpp"

#include <gtest/gtest.h>

using namespace obol::cli;

namespace {

caf::expected<obol::session_set> user_of(std::vector<std::string> words) {
  words.insert(words.begin(), "list");
  return named_set(*parse_arguments(words));
}

} // namespace

TEST(TimeTextTest, SecondsAndIsoTimesAreRead) {
  EXPECT_EQ(parse_time("0"), 0);
  EXPECT_EQ(parse_time("1795255200"), 1795255200);
  EXPECT_EQ(parse_time("2026-11-21T10:00:00Z"), 1795255200);
  EXPECT_EQ(parse_time("2024-02-29T23:59:59Z"), 1709251199);
}

TEST(TimeTextTest, WhatIsNoTimeIsRefused) {
  for (auto text :
       {"", "-1", "1.5", "now", "2026-11-21", "2026-11-21T10:00:00",
        "2026-11-21 10:00:00Z", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
        "2026-11-21T24:00:00Z", "99999999999", "99999999999999999999"})
    EXPECT_EQ(parse_time(text), std::nullopt) << text;
}

TEST(TimeTextTest, TimesAreShownInUtc) {
  EXPECT_EQ(format_time(0), "1970-01-01 00:00:00");
  EXPECT_EQ(format_time(1795255200), "2026-11-21 10:00:00");
}

TEST(ArgumentsTest, FlagsStandAnywhereInBothSpellings) {
  auto x = parse_arguments(
    {"--json", "get", "--type=web", "42", "--redis", "redis://x", "phone"});
  ASSERT_TRUE(x);
  EXPECT_EQ(x->command, "get");
  EXPECT_EQ(x->words, (std::vector<std::string>{"42", "phone"}));
  EXPECT_TRUE(x->has("json"));
  EXPECT_EQ(x->value_of("type"), "web");
  EXPECT_EQ(x->options,
            (obol::option_sources::pairs{{"--redis", "redis://x"}}));
}

TEST(ArgumentsTest, AfterTwoDashesEverythingIsAWord) {
  auto x = parse_arguments({"get", "--", "-5", "--json"});
  ASSERT_TRUE(x);
  EXPECT_EQ(x->words, (std::vector<std::string>{"-5", "--json"}));
}

TEST(UserArgumentTest, DigitsAreAnIntegerUnlessTheyCouldNotBe) {
  EXPECT_EQ(user_of({"42"})->user_id, obol::user_id{42});
  EXPECT_EQ(user_of({"0"})->user_id, obol::user_id{0});
  EXPECT_EQ(user_of({"007"})->user_id, obol::user_id{"007"});
  EXPECT_EQ(user_of({"anna"})->user_id, obol::user_id{"anna"});
  EXPECT_EQ(user_of({"42", "--user-kind", "string"})->user_id,
            obol::user_id{"42"});
  EXPECT_EQ(user_of({"--user-kind", "int", "--", "-5"})->user_id,
            obol::user_id{-5});
}

TEST(PrintableTest, NothingReachesTheTerminalUnescaped) {
  EXPECT_EQ(printable("a\x1b[2Jb\n\xff"), "a\\x1b[2Jb\\x0a\\xff");
}
