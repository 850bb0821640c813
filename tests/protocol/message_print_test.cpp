#include "obol/message_inspect.hpp"
#include "obol/type_ids.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/deep_to_string.hpp>
#include <caf/message.hpp>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

namespace {

using namespace obol;

constexpr const char* canary = "canary";

/// A session with a canary wherever there is room for one.
session sample() {
  session x;
  x.id = "canary-id";
  x.user_id = "canary-user";
  x.type = "canary-type";
  x.created_at = 1'700'000'001;
  x.refreshed_at = 1'700'000'002;
  x.refresh_expires_at = 1'700'000'003;
  x.expires_at = 1'700'000'004;
  x.refresh_token_id = "canary-token";
  x.tokens_fresh_from = 1'700'000'005;
  x.prev_tokens_fresh_from = 1'700'000'006;
  x.lock_version = 7;
  x.extra_payload = *extra_payload::from_json(R"({"canary":"canary"})");
  x.version = 8;
  return x;
}

resolution_token sample_token() {
  return {sample().key(), 3, "00canary00aabbcc", 1'795'000'001'500};
}

class MessageTest : public testing::Test {
protected:
  MessageTest() : system_(configure()) {
  }

  template <class T>
  std::vector<char> save(const T& x) {
    std::vector<char> result;
    caf::binary_serializer out{system_, result};
    EXPECT_FALSE(out(x));
    return result;
  }

  /// What arrives at another node.
  template <class T>
  T sent(const T& x) {
    auto bytes = save(x);
    T result{};
    caf::binary_deserializer in{system_, bytes};
    EXPECT_FALSE(in(result));
    EXPECT_EQ(in.remaining(), 0u);
    return result;
  }

  caf::actor_system_config& configure() {
    config_.add_message_types<caf::id_block::obol>();
    config_.set("scheduler.max-threads", 1);
    return config_;
  }

  caf::actor_system_config config_;
  caf::actor_system system_;
};

// -- across a wire ------------------------------------------------------------

TEST_F(MessageTest, SessionArrivesAsItWasSent) {
  auto x = sample();
  EXPECT_EQ(sent(x), x);
  EXPECT_EQ(sent(session{}), session{});
}

TEST_F(MessageTest, SessionWithoutEndArrivesWithoutEnd) {
  auto x = sample();
  x.expires_at.reset();
  EXPECT_EQ(sent(x), x);
  x.expires_at = 0;
  EXPECT_EQ(sent(x), x);
}

TEST_F(MessageTest, EveryKindOfUserIdArrivesAsThatKind) {
  constexpr auto least = std::numeric_limits<std::int64_t>::min();
  user_id::big_integer big{"-123456789012345678901234567890"};
  for (auto& x : {user_id{1}, user_id{"1"}, user_id{""}, user_id{least},
                  user_id{std::string("\0\xff", 2)}, user_id{big}})
    EXPECT_EQ(sent(x), x);
}

TEST_F(MessageTest, UserIdThatCannotBeIsRefused) {
  // Kind 0 is an integer of 64 bits.
  std::vector<char> bytes;
  caf::binary_serializer out{system_, bytes};
  ASSERT_FALSE(out(std::uint8_t{0}, std::string{"12x"}));
  user_id x;
  caf::binary_deserializer in{system_, bytes};
  EXPECT_TRUE(in(x));

  bytes.clear();
  caf::binary_serializer again{system_, bytes};
  ASSERT_FALSE(again(std::uint8_t{9}, std::string{"12"}));
  caf::binary_deserializer other{system_, bytes};
  EXPECT_TRUE(other(x));
}

TEST_F(MessageTest, CutMessageIsRefused) {
  auto bytes = save(sample());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    session x;
    caf::binary_deserializer in{system_, bytes.data(), size};
    EXPECT_TRUE(in(x)) << size;
  }
}

TEST_F(MessageTest, AnswersArriveAsTheyWereSent) {
  EXPECT_EQ(sent(get_answer{sample()}).session, sample());
  EXPECT_EQ(sent(get_answer{}).session, std::nullopt);
  EXPECT_EQ(sent(get_all_answer{{sample(), session{}}}).sessions,
            (std::vector<session>{sample(), session{}}));
  EXPECT_EQ(sent(removed{-3}).count, -3);
  EXPECT_EQ(sent(resolution::unknown), resolution::unknown);
}

TEST_F(MessageTest, RequestsArriveAsTheyWereSent) {
  auto timeout = caf::timespan{std::chrono::milliseconds{1'234}};

  auto get = sent(get_request{sample().key(), timeout});
  EXPECT_EQ(get.key, sample().key());
  EXPECT_EQ(get.timeout, timeout);

  auto upsert = sent(upsert_request{sample(), timeout});
  EXPECT_EQ(upsert.session, sample());
  EXPECT_EQ(upsert.timeout, timeout);

  auto revoke = sent(revoke_before_request{sample().set(), 99, timeout});
  EXPECT_EQ(revoke.set, sample().set());
  EXPECT_EQ(revoke.created_before, 99);

  auto token = sent(resolve_request{sample_token(), timeout}).token;
  EXPECT_EQ(token.key, sample_token().key);
  EXPECT_EQ(token.lock_version, sample_token().lock_version);
  EXPECT_EQ(token.operation_id, sample_token().operation_id);
  EXPECT_EQ(token.server_deadline, sample_token().server_deadline);
}

TEST_F(MessageTest, StatusArrivesWithAllItsCounts) {
  store_status x;
  x.phase = pool_phase::overflow;
  x.reason = "why";
  x.pool = {1, 2, 3, 4, 5, 6, {7, 8}};
  x.layout = "three_set";
  x.server = "redis 7.0.15";
  x.ignored = {1, 2, 3, 4, 5, 6};
  x.connections_opened = 9;
  x.connections_lost = 10;
  x.functions_loaded = 11;

  // The printed form names every field.
  EXPECT_EQ(caf::deep_to_string(sent(x)), caf::deep_to_string(x));
}

TEST_F(MessageTest, TokenCrossesInsideAnError) {
  auto error
    = caf::make_error(ec::outcome_unknown, std::string{"lost"}, sample_token());
  auto arrived = token_of(sent(error));
  ASSERT_TRUE(arrived);
  EXPECT_EQ(arrived->key, sample_token().key);
}

// -- in a log -----------------------------------------------------------------

/// How the actor system would print the message, in all its ways.
template <class T>
std::string printed(const T& x) {
  return caf::deep_to_string(x) + to_string(caf::make_message(x))
         + to_string(caf::make_message(1, x, std::string{"more"}));
}

TEST_F(MessageTest, NothingThatIsPrintedShowsContent) {
  auto x = sample();
  auto key = x.key();
  auto set = x.set();
  for (auto& text :
       {printed(x), printed(key), printed(set), printed(sample_token()),
        printed(get_request{key}), printed(upsert_request{x}),
        printed(delete_request{key}), printed(get_all_request{set}),
        printed(delete_all_request{set}), printed(delete_others_request{key}),
        printed(revoke_before_request{set, 1}),
        printed(resolve_request{sample_token()}), printed(get_answer{x}),
        printed(get_all_answer{{x, x}}),
        printed(session_event{session_event_kind::created, key})}) {
    EXPECT_EQ(text.find(canary), std::string::npos) << text;
    EXPECT_EQ(text.find("17000000"), std::string::npos) << text;
  }
}

TEST_F(MessageTest, ErrorWithATokenPrintsNoContent) {
  auto error
    = caf::make_error(ec::outcome_unknown, std::string{"lost"}, sample_token());
  auto text = system_.render(error) + to_string(error)
              + to_string(caf::make_message(error));
  EXPECT_EQ(text.find(canary), std::string::npos) << text;
}

TEST_F(MessageTest, WhatIsPrintedNamesTheMessage) {
  EXPECT_NE(printed(get_request{sample().key()}).find("get_request"),
            std::string::npos);
  EXPECT_NE(printed(sample()).find("session"), std::string::npos);
}

} // namespace
