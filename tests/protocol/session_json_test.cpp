#include "obol/error.hpp"
#include "obol/session_json.hpp"

#include <gtest/gtest.h>

namespace obol {

namespace {

std::string fault(std::string_view text) {
  auto result = from_json_text(text);
  return result ? "none" : describe(result.error());
}

TEST(SessionJsonTest, ShowsTheFieldsOfASession) {
  session x;
  x.id = "id-1";
  x.user_id = "ann";
  x.created_at = 1;
  x.refreshed_at = 2;
  x.refresh_expires_at = 3;
  x.refresh_token_id = "t";
  x.lock_version = 4;
  x.extra_payload = *extra_payload::from_json(R"({"a":1})");
  EXPECT_EQ(*to_json_text(x, true),
            R"({"id":"id-1","user_id":"ann","type":"full","created_at":1,)"
            R"("refreshed_at":2,"refresh_expires_at":3,)"
            R"("expires_at":"infinite","refresh_token_id":"t",)"
            R"("tokens_fresh_from":0,"prev_tokens_fresh_from":0,)"
            R"("lock_version":4,"extra_payload":{"a":1},"version":7})");
  EXPECT_EQ(to_json_text(x, false)->find("extra_payload"), std::string::npos);
  EXPECT_EQ(*from_json_text(*to_json_text(x, true)), x);
}

TEST(SessionJsonTest, PayloadThatJsonCannotSayMattersOnlyWhenShown) {
  session x;
  ASSERT_FALSE(x.extra_payload.set("k", etf::tuple{}));
  EXPECT_FALSE(to_json_text(x, true));
  EXPECT_TRUE(to_json_text(x, false));
}

TEST(SessionJsonTest, EssentialFieldsSuffice) {
  auto x = from_json_text(R"({"id":"a","user_id":1,"refresh_expires_at":9})");
  ASSERT_TRUE(x);
  session expected;
  expected.id = "a";
  expected.user_id = 1;
  expected.refresh_expires_at = 9;
  EXPECT_EQ(*x, expected);
}

TEST(SessionJsonTest, ErrorsNameTheField) {
  auto with = [](const std::string& member) {
    return R"({"id":"a","user_id":1,"refresh_expires_at":9,)" + member + "}";
  };
  EXPECT_EQ(fault(with(R"("type":"web")")), "none");
  EXPECT_EQ(fault(R"({"user_id":1,"refresh_expires_at":9})"),
            "invalid_argument: id: is missing");
  EXPECT_EQ(fault(R"({"id":1,"user_id":1,"refresh_expires_at":9})"),
            "invalid_argument: id: must be a string");
  EXPECT_EQ(fault(R"({"id":"a","user_id":1.5,"refresh_expires_at":9})"),
            "invalid_argument: user_id: must be an integer of 64 bits or a "
            "string");
  EXPECT_EQ(fault(with(R"("created_at":"9")")),
            "invalid_argument: created_at: must be an integer of 64 bits");
  EXPECT_EQ(fault(with(R"("expires_at":null)")),
            "invalid_argument: expires_at: must be an integer or \"infinite\"");
  EXPECT_EQ(fault(with(R"("expires_at":"infinite")")), "none");
  EXPECT_EQ(fault(with(R"("extra_payload":[])")),
            "invalid_argument: extra_payload: must be an object");
  EXPECT_EQ(fault(with(R"("expiry":1)")),
            "invalid_argument: session: has a field that no session has");
}

TEST(SessionJsonTest, TextThatIsNoObjectIsRefused) {
  for (auto text : {"", "[]", "{", "nothing", "{}{}"})
    EXPECT_EQ(fault(text).substr(0, 25), "invalid_argument: session") << text;
}

} // namespace

} // namespace obol
