#include "obol/error.hpp"
#include "obol/stored_session.hpp"

#include <gtest/gtest.h>

namespace obol {

namespace {

constexpr unix_seconds now = 1'700'000'000;

std::shared_ptr<const key_ring> ring(char fill = 'k') {
  return key_ring::of(
    std::move(*signing_key::from_bytes(std::string(32, fill))));
}

sealing_options options_of(payload_format payload = payload_format::etf,
                           signature_format signature
                           = signature_format::charon) {
  sealing_options result;
  result.keys = ring();
  result.payload_format = payload;
  result.signature_format = signature;
  return result;
}

session_sealer sealer_of(sealing_options options = options_of()) {
  return std::move(*session_sealer::make(std::move(options)));
}

session example() {
  session x;
  x.id = "id-1";
  x.user_id = 1;
  x.refreshed_at = now - 10;
  x.refresh_expires_at = now + 10;
  x.refresh_token_id = "token";
  x.lock_version = 1;
  return x;
}

opened_session ignored(ignored_reason reason) {
  return reason;
}

TEST(StoredSessionTest, SealedSessionOpensInEveryFormat) {
  auto reader = sealer_of();
  for (auto payload : {payload_format::etf, payload_format::json})
    for (auto signature : {signature_format::charon, signature_format::v2}) {
      auto stored = sealer_of(options_of(payload, signature)).seal(example());
      ASSERT_TRUE(stored);
      EXPECT_EQ(reader.open(*stored, now), opened_session{example()});
    }
}

TEST(StoredSessionTest, ChangedByteIsIgnored) {
  auto x = sealer_of();
  auto stored = *x.seal(example());
  for (std::size_t i = 0; i < stored.size(); ++i) {
    auto changed = stored;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_TRUE(std::holds_alternative<ignored_reason>(x.open(changed, now)))
      << i;
    EXPECT_TRUE(std::holds_alternative<ignored_reason>(
      x.open(std::string_view{stored}.substr(0, i), now)))
      << i;
  }
}

TEST(StoredSessionTest, ReasonsAreToldApart) {
  auto x = sealer_of();
  auto strange = sealing_options{};
  strange.keys = ring('x');
  auto foreign = sealer_of(std::move(strange));
  EXPECT_EQ(x.open("", now), ignored(ignored_reason::unknown_format));
  EXPECT_EQ(x.open("signed.x", now), ignored(ignored_reason::unknown_format));
  EXPECT_EQ(x.open(*foreign.seal(example()), now),
            ignored(ignored_reason::bad_signature));
  EXPECT_EQ(x.open("signed_v2.other." + std::string(32, 'm') + ".x", now),
            ignored(ignored_reason::unknown_key));
  EXPECT_EQ(x.open(std::string(300 * 1024, 's'), now),
            ignored(ignored_reason::too_large));
}

TEST(StoredSessionTest, SignedGarbageIsUndecodable) {
  auto x = sealer_of();
  auto hand = signer::make(ring(), "charon_", layout::hash_field_expiry);
  for (std::string_view payload : {"", "garbage", "{", "{}", "\x83", "\x83j"}) {
    auto stored = hand->sign(payload, signature_format::charon);
    EXPECT_EQ(x.open(stored, now), ignored(ignored_reason::undecodable));
  }
}

TEST(StoredSessionTest, ExpiresAtTheSecondItNames) {
  auto x = sealer_of();
  auto session = example();
  auto stored = *x.seal(session);
  EXPECT_EQ(x.open(stored, session.refresh_expires_at - 1),
            opened_session{session});
  EXPECT_EQ(x.open(stored, session.refresh_expires_at),
            ignored(ignored_reason::expired));
}

opened_session open_for(session_sealer& x, const session_key& key,
                        std::string_view stored, unix_seconds at = now) {
  session result;
  if (auto why = x.open_for(key, stored, at, result))
    return *why;
  return result;
}

opened_session open_for_set(session_sealer& x, const session_set& set,
                            std::string_view field, std::string_view stored) {
  session result;
  if (auto why = x.open_for_set(set, field, stored, now, result))
    return *why;
  return result;
}

TEST(StoredSessionTest, SessionOfAnotherKeyIsIgnored) {
  auto x = sealer_of();
  auto stored = *x.seal(example());
  auto wrong = ignored(ignored_reason::wrong_owner);
  EXPECT_EQ(open_for(x, {"id-1", 1}, stored), opened_session{example()});
  EXPECT_EQ(open_for(x, {"id-2", 1}, stored), wrong);
  EXPECT_EQ(open_for(x, {"id-1", 2}, stored), wrong);
  EXPECT_EQ(open_for(x, {"id-1", "1"}, stored), wrong);
  EXPECT_EQ(open_for(x, {"id-1", 1, "other"}, stored), wrong);
}

TEST(StoredSessionTest, SessionInAnotherFieldOrSetIsIgnored) {
  auto x = sealer_of();
  auto stored = *x.seal(example());
  auto wrong = ignored(ignored_reason::wrong_owner);
  EXPECT_EQ(open_for_set(x, {1}, "id-1", stored), opened_session{example()});
  EXPECT_EQ(open_for_set(x, {1}, "id-2", stored), wrong);
  EXPECT_EQ(open_for_set(x, {"1"}, "id-1", stored), wrong);
  EXPECT_EQ(open_for_set(x, {1, "other"}, "id-1", stored), wrong);
}

TEST(StoredSessionTest, WrongOwnerIsToldBeforeExpiry) {
  auto x = sealer_of();
  auto stored = *x.seal(example());
  EXPECT_EQ(open_for(x, {"id-2", 1}, stored, now + 1000),
            ignored(ignored_reason::wrong_owner));
  EXPECT_EQ(open_for(x, {"id-1", 1}, stored, now + 1000),
            ignored(ignored_reason::expired));
}

TEST(StoredSessionTest, TooLargeSessionIsNotSealed) {
  auto options = options_of();
  auto small = sealer_of(options).seal(example())->size();
  options.max_session_bytes = small;
  EXPECT_TRUE(sealer_of(options).seal(example()));
  options.max_session_bytes = small - 1;
  auto result = sealer_of(options).seal(example());
  ASSERT_FALSE(result);
  EXPECT_EQ(code_of(result.error()), ec::invalid_argument);
}

TEST(StoredSessionTest, PreparedAndSignedIsTheSameAsSealed) {
  for (auto payload : {payload_format::etf, payload_format::json})
    for (auto signature : {signature_format::charon, signature_format::v2}) {
      auto x = sealer_of(options_of(payload, signature));
      std::string one = "what was there before";
      std::string other;
      EXPECT_FALSE(x.prepare(example(), one));
      EXPECT_FALSE(x.prepare(example(), other));
      std::string* const both[] = {&one, &other};
      x.sign(both);
      EXPECT_EQ(one, *x.seal(example()));
      EXPECT_EQ(other, one);
    }
}

TEST(StoredSessionTest, WhatCannotBePreparedLeavesNothing) {
  auto options = options_of();
  options.max_session_bytes = sealer_of(options).seal(example())->size() - 1;
  std::string out = "what was there before";
  auto error = sealer_of(options).prepare(example(), out);
  EXPECT_EQ(code_of(error), ec::invalid_argument);
  EXPECT_TRUE(out.empty());
}

TEST(StoredSessionTest, BadOptionsAreNamed) {
  auto text = [](sealing_options options) {
    auto result = session_sealer::make(std::move(options));
    return result ? std::string{} : describe(result.error());
  };
  auto options = options_of();
  options.keys = nullptr;
  EXPECT_NE(text(options).find("key ring"), std::string::npos);
  options = options_of();
  options.layout = layout::automatic;
  EXPECT_NE(text(options).find("layout"), std::string::npos);
  options = options_of();
  options.max_session_bytes = 0;
  EXPECT_NE(text(options).find("max_session_bytes"), std::string::npos);
  options = options_of();
  options.keys = *key_ring::make(
    {"1", std::move(*signing_key::from_bytes(std::string(32, 'k'))), false});
  EXPECT_NE(text(options).find("signature_format"), std::string::npos);
  options.signature_format = signature_format::v2;
  EXPECT_EQ(text(options), "");
}

} // namespace

} // namespace obol
