#include "obol/error.hpp"
#include "obol/messages.hpp"
#include "obol/type_ids.hpp"

#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>
#include <gtest/gtest.h>

#include <string>

namespace {

using caf::make_error;
using obol::code_of;
using obol::describe;
using obol::ec;
using obol::resolution_token;
using obol::token_of;

constexpr ec all[] = {ec::conflict,        ec::gone,
                      ec::session_expired, ec::unavailable,
                      ec::overloaded,      ec::deadline_exceeded,
                      ec::shutting_down,   ec::outcome_unknown,
                      ec::refused,         ec::misconfigured,
                      ec::invalid_argument};

TEST(ErrorTest, EveryCodeHasItsOwnName) {
  EXPECT_EQ(to_string(ec::conflict), "conflict");
  EXPECT_EQ(to_string(ec::outcome_unknown), "outcome_unknown");
  EXPECT_EQ(to_string(ec::invalid_argument), "invalid_argument");
  for (auto x : all)
    for (auto y : all)
      EXPECT_EQ(x == y, to_string(x) == to_string(y));
}

TEST(ErrorTest, NumberThatIsNoCodeHasNoName) {
  EXPECT_EQ(to_string(static_cast<ec>(0)), "?");
  EXPECT_EQ(to_string(static_cast<ec>(12)), "?");
}

TEST(ErrorTest, CodeComesBackFromTheErrorMadeOfIt) {
  for (auto x : all)
    EXPECT_EQ(code_of(make_error(x, std::string{"text"})), x);
}

TEST(ErrorTest, ErrorsOfOthersHaveNoCode) {
  EXPECT_EQ(code_of(caf::error{}), std::nullopt);
  EXPECT_EQ(code_of(make_error(caf::sec::unexpected_message)), std::nullopt);
}

TEST(ErrorTest, StoreThatIsGoneIsShuttingDown) {
  EXPECT_EQ(code_of(make_error(caf::sec::request_receiver_down)),
            ec::shutting_down);
  EXPECT_EQ(code_of(make_error(caf::exit_reason::kill)), ec::shutting_down);
  EXPECT_EQ(code_of(make_error(caf::exit_reason::user_shutdown)),
            ec::shutting_down);
}

TEST(ErrorTest, TimeoutOfTheActorSystemIsADeadline) {
  EXPECT_EQ(code_of(make_error(caf::sec::request_timeout)),
            ec::deadline_exceeded);
}

TEST(ErrorTest, DescriptionIsTheCodeAndTheText) {
  EXPECT_EQ(describe(make_error(ec::gone, std::string{"it was deleted"})),
            "gone: it was deleted");
  EXPECT_EQ(describe(make_error(ec::gone)), "gone");
  EXPECT_EQ(describe(caf::error{}), "no error");
  EXPECT_EQ(describe(make_error(caf::sec::unexpected_message)),
            "internal error");
}

TEST(ErrorTest, TokenComesWithAnUnknownOutcomeOnly) {
  resolution_token token{{"abc", 1, "full"}, 3, "00112233aabbccdd", 77};
  std::string text = "the reply was lost";

  auto found = token_of(make_error(ec::outcome_unknown, text, token));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->key, token.key);
  EXPECT_EQ(found->lock_version, 3);
  EXPECT_EQ(found->operation_id, "00112233aabbccdd");
  EXPECT_EQ(found->server_deadline, 77);

  EXPECT_FALSE(token_of(make_error(ec::outcome_unknown, text)));
  EXPECT_FALSE(token_of(make_error(ec::refused, text, token)));
  EXPECT_FALSE(token_of(caf::error{}));
}

TEST(ErrorTest, DescriptionDoesNotShowTheToken) {
  resolution_token token{{"canary-id", "canary-user", "full"}, 3, "feed", 77};
  auto error = make_error(ec::outcome_unknown, std::string{"lost"}, token);
  EXPECT_EQ(describe(error), "outcome_unknown: lost");
}

} // namespace
