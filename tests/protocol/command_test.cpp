#include "obol/command.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace {

using namespace std::string_literals;
using obol::command;
using obol::command_argument;

TEST(CommandTest, IsAnArrayOfCountedBulkStrings) {
  command get{"HGET", "charon_.1.full", std::string{"abc"}};
  EXPECT_EQ(get.bytes(), "*3\r\n$4\r\nHGET\r\n$14\r\ncharon_.1.full\r\n"
                         "$3\r\nabc\r\n");
}

TEST(CommandTest, IntegersAreWrittenInDecimal) {
  command call{"X", 0, -1, std::int64_t{9007199254740991}};
  EXPECT_EQ(call.bytes(), "*4\r\n$1\r\nX\r\n$1\r\n0\r\n$2\r\n-1\r\n"
                          "$16\r\n9007199254740991\r\n");
}

TEST(CommandTest, TheLargestIntegersFit) {
  command call{std::numeric_limits<std::int64_t>::min(),
               std::numeric_limits<std::uint64_t>::max()};
  EXPECT_EQ(call.bytes(), "*2\r\n$20\r\n-9223372036854775808\r\n"
                          "$20\r\n18446744073709551615\r\n");
}

TEST(CommandTest, AnyByteSurvives) {
  std::string payload;
  for (int i = 0; i < 256; ++i)
    payload.push_back(static_cast<char>(i));
  payload += "\r\n*1\r\n$8\r\nFLUSHALL\r\n";
  command set{"SET", "k\0k"s, payload};
  EXPECT_EQ(set.bytes(), "*3\r\n$3\r\nSET\r\n$3\r\nk\0k\r\n$"s
                           + std::to_string(payload.size()) + "\r\n" + payload
                           + "\r\n");
}

TEST(CommandTest, AnEmptyArgumentIsKept) {
  EXPECT_EQ((command{"GET", ""}).bytes(), "*2\r\n$3\r\nGET\r\n$0\r\n\r\n");
}

TEST(CommandTest, ArgumentsMayBeCountedAtRunTime) {
  std::vector<command_argument> arguments{"DEL"};
  for (int i = 0; i < 12; ++i)
    arguments.emplace_back(i);
  command removal{std::span<const command_argument>{arguments}};
  EXPECT_EQ(removal, (command{"DEL", 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
  EXPECT_EQ(removal.bytes().substr(0, 5), "*13\r\n");
}

TEST(CommandTest, PrintsItsLengthOnly) {
  EXPECT_EQ(to_string(command{"AUTH", "hunter2"}), "command(27 bytes)");
}

} // namespace
