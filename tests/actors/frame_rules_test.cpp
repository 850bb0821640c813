#include "obol/internal/frame_rules.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace obol::test {
namespace {

using internal::check_header;
using internal::check_payload;
using internal::frame_header;
using internal::frame_role;

constexpr std::uint64_t gateway = 7;
constexpr std::uint64_t a_request = 0x1000000000000001;
constexpr std::uint64_t an_answer = 0x9000000000000001;

constexpr frame_role node{gateway, false};
constexpr frame_role client{0, true};

/// A message that is in order for a node.
frame_header message() {
  frame_header result;
  result.operation = 2;
  result.payload_bytes = 100;
  result.operation_data = a_request;
  result.source = 77;
  result.destination = gateway;
  return result;
}

frame_header answer() {
  auto result = message();
  result.operation_data = an_answer;
  result.destination = 12;
  return result;
}

frame_header notice(std::uint8_t operation, std::uint32_t bytes) {
  frame_header result;
  result.operation = operation;
  result.payload_bytes = bytes;
  return result;
}

std::string payload_of(std::string_view types) {
  std::string result(3, '\0');
  result += static_cast<char>(types.size());
  return result.append(types) + "values";
}

std::string_view verdict(const std::string& payload,
                         const frame_header& x = message()) {
  return check_payload(x, payload, node);
}

TEST(FrameRulesTest, HeaderIsReadInNetworkOrder) {
  std::string bytes{"\x02\x00\x00\x05\x01\x02\x03\x04"
                    "\x10\x00\x00\x00\x00\x00\x00\x01"
                    "\x00\x00\x00\x00\x00\x00\x01\x02"
                    "\x00\x00\x00\x00\x00\x00\x00\xff",
                    internal::frame_header_bytes};
  auto x = internal::read_frame_header(bytes);
  EXPECT_EQ(x.operation, 2);
  EXPECT_EQ(x.flags, 5);
  EXPECT_EQ(x.payload_bytes, 0x01020304u);
  EXPECT_EQ(x.operation_data, a_request);
  EXPECT_EQ(x.source, 0x0102u);
  EXPECT_EQ(x.destination, 0xffu);
}

TEST(FrameRulesTest, NodeTakesRequestsToItsGatewayFromThoseItKnows) {
  EXPECT_EQ(check_header(message(), node, true), "");
  EXPECT_NE(check_header(message(), node, false), "");
}

TEST(FrameRulesTest, NodeTakesRequestsToNobodyElse) {
  for (std::uint64_t other : {0, 1, 6, 8}) {
    auto x = message();
    x.destination = other;
    EXPECT_NE(check_header(x, node, true), "") << other;
  }
  auto by_name = message();
  by_name.flags = 1;
  EXPECT_NE(check_header(by_name, node, true), "");
  // Who publishes nothing takes none at all.
  auto to_nobody = message();
  to_nobody.destination = 0;
  EXPECT_NE(check_header(to_nobody, client, true), "");
}

TEST(FrameRulesTest, GreetingSaysAtMostWhichConnectionItMeans) {
  for (auto greeted : {false, true}) {
    frame_header x;
    x.operation = 1;
    x.payload_bytes = 40;
    EXPECT_EQ(check_header(x, node, greeted), "");
    x.flags = 2;
    EXPECT_EQ(check_header(x, node, greeted), "");
    for (std::uint8_t flags : {1, 3, 4, 0x82}) {
      x.flags = flags;
      EXPECT_NE(check_header(x, node, greeted), "") << int{flags};
    }
  }
}

TEST(FrameRulesTest, MessageThatNeedsNoAnswerIsRefused) {
  auto x = message();
  x.operation_data = 0;
  EXPECT_NE(check_header(x, node, true), "");
  // A priority alone is no number.
  x.operation_data = 0x1000000000000000;
  EXPECT_NE(check_header(x, node, true), "");
  x = message();
  x.source = 0;
  EXPECT_NE(check_header(x, node, true), "");
}

TEST(FrameRulesTest, OnlyThoseWhoAskTakeAnswers) {
  EXPECT_EQ(check_header(answer(), client, true), "");
  EXPECT_NE(check_header(answer(), client, false), "");
  EXPECT_NE(check_header(answer(), node, true), "");
}

TEST(FrameRulesTest, SizesAreLimitedByWhatTheFrameIs) {
  auto request = message();
  request.payload_bytes = internal::max_request_bytes;
  EXPECT_EQ(check_header(request, node, true), "");
  ++request.payload_bytes;
  EXPECT_NE(check_header(request, node, true), "");
  auto reply = answer();
  reply.payload_bytes = internal::max_answer_bytes;
  EXPECT_EQ(check_header(reply, client, true), "");
  ++reply.payload_bytes;
  EXPECT_NE(check_header(reply, client, true), "");
  for (std::uint8_t greeting : {0, 1}) {
    EXPECT_EQ(check_header(notice(greeting, 4'096), node, false), "");
    EXPECT_NE(check_header(notice(greeting, 4'097), node, false), "");
  }
  for (std::uint8_t monitor_or_down : {4, 5}) {
    EXPECT_EQ(check_header(notice(monitor_or_down, 128), node, true), "");
    EXPECT_NE(check_header(notice(monitor_or_down, 129), node, true), "");
    EXPECT_NE(check_header(notice(monitor_or_down, 128), node, false), "");
  }
  EXPECT_EQ(check_header(notice(6, 0), node, true), "");
  EXPECT_NE(check_header(notice(6, 1), node, true), "");
}

TEST(FrameRulesTest, OnlyHeartbeatsAreWithoutContent) {
  for (bool greeted : {false, true}) {
    for (std::uint8_t operation : {0, 1, 3, 4, 5})
      EXPECT_NE(check_header(notice(operation, 0), client, greeted), "")
        << int{operation};
    EXPECT_EQ(check_header(notice(6, 0), client, greeted), "");
  }
  auto empty = message();
  empty.payload_bytes = 0;
  EXPECT_NE(check_header(empty, node, true), "");
}

TEST(FrameRulesTest, FramesForOthersAndUnknownOnesAreRefused) {
  EXPECT_NE(check_header(notice(3, 0), node, true), "");
  for (int unknown = 7; unknown < 256; ++unknown)
    EXPECT_NE(
      check_header(notice(static_cast<std::uint8_t>(unknown), 0), node, true),
      "");
  // A node greets once.
  EXPECT_EQ(check_header(notice(0, 10), client, false), "");
  EXPECT_NE(check_header(notice(0, 10), client, true), "");
}

TEST(FrameRulesTest, PayloadHoldsOneValueOfATypeOfOurs) {
  EXPECT_EQ(verdict(payload_of("@<>+obol::get_request")), "");
  EXPECT_NE(verdict(payload_of("@<>+obol::get_answer")), "");
  EXPECT_EQ(verdict(payload_of("@<>+obol::get_answer"), answer()), "");
  EXPECT_EQ(verdict(payload_of("@<>+@error"), answer()), "");
  EXPECT_NE(verdict(payload_of("@<>+obol::get_request"), answer()), "");
  for (auto types :
       {"", "@<>", "@<>+", "@<>+@str", "@<>+obol::subscribe_request",
        "@<>+obol::get_request+obol::get_request", "obol::get_request"})
    EXPECT_NE(verdict(payload_of(types)), "") << types;
}

TEST(FrameRulesTest, PayloadThatEndsEarlyIsRefused) {
  auto whole = payload_of("@<>+obol::get_request");
  auto name_end = whole.size() - std::string_view{"values"}.size();
  for (std::size_t size = 0; size < name_end; ++size)
    EXPECT_NE(verdict(whole.substr(0, size)), "") << size;
  EXPECT_EQ(verdict(whole.substr(0, name_end)), "");
  // Somebody it is passed on by, a type by number, a long name.
  for (std::size_t at : {0, 1, 2}) {
    auto x = whole;
    x[at] = '\1';
    EXPECT_NE(verdict(x), "") << at;
  }
  auto x = whole;
  x[3] = static_cast<char>(0x80 | whole[3]);
  EXPECT_NE(verdict(x), "");
}

} // namespace
} // namespace obol::test
