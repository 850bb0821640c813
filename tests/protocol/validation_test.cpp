#include "obol/error.hpp"
#include "obol/validation.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace obol {

namespace {

session example() {
  session x;
  x.id = "id-1";
  x.user_id = 426;
  x.refreshed_at = 1'700'000'000;
  x.refresh_expires_at = 1'800'000'000;
  return x;
}

/// The field that the error names, or nothing.
std::string fault(const caf::error& error) {
  if (!error)
    return "";
  EXPECT_EQ(code_of(error), ec::invalid_argument);
  auto text = describe(error).substr(std::string{"invalid_argument: "}.size());
  return text.substr(0, text.find(':'));
}

template <class Change>
std::string fault_after(Change change) {
  auto x = example();
  change(x);
  return fault(validate(x));
}

TEST(ValidationTest, OrdinarySessionIsValid) {
  EXPECT_FALSE(validate(example()));
  EXPECT_FALSE(validate(example().key()));
  EXPECT_FALSE(validate(example().set()));
}

TEST(ValidationTest, IdHas1To128BytesAndIsNoLock) {
  auto fault_of = [](std::string id) {
    return fault(validate(session_key{std::move(id), 1}));
  };
  EXPECT_EQ(fault_of("x"), "");
  EXPECT_EQ(fault_of(std::string(128, 'x')), "");
  EXPECT_EQ(fault_of("xl."), "");
  EXPECT_EQ(fault_of("l"), "");
  EXPECT_EQ(fault_of(""), "id");
  EXPECT_EQ(fault_of(std::string(129, 'x')), "id");
  EXPECT_EQ(fault_of("l."), "id");
  EXPECT_EQ(fault_of("l.abc"), "id");
}

TEST(ValidationTest, UserIdIsASmallIntegerOrAFreeString) {
  auto fault_of
    = [](user_id x) { return fault(validate(session_set{std::move(x)})); };
  EXPECT_EQ(fault_of(-5), "");
  EXPECT_EQ(fault_of(std::numeric_limits<std::int64_t>::max()), "");
  EXPECT_EQ(fault_of("a.b"), "");
  EXPECT_EQ(fault_of("se"), "");
  EXPECT_EQ(fault_of(std::string(256, 'x')), "");
  EXPECT_EQ(fault_of(user_id::big_integer{"9223372036854775808"}), "user_id");
  EXPECT_EQ(fault_of(""), "user_id");
  EXPECT_EQ(fault_of(std::string(257, 'x')), "user_id");
  for (auto prefix : {"se.", "l.", "e.", "pl.", "o."})
    EXPECT_EQ(fault_of(std::string{prefix} + "ann"), "user_id") << prefix;
}

TEST(ValidationTest, TypeHas1To64PlainCharacters) {
  auto fault_of = [](std::string type) {
    return fault(validate(session_set{1, std::move(type)}));
  };
  EXPECT_EQ(fault_of("Web_2-x"), "");
  EXPECT_EQ(fault_of(std::string(64, 't')), "");
  EXPECT_EQ(fault_of(std::string(65, 't')), "type");
  for (auto type : {"", "a.b", "a b", "t\xC3\xBF", "a:b"})
    EXPECT_EQ(fault_of(type), "type") << type;
}

TEST(ValidationTest, TimesEndWhereTheServersDo) {
  auto refresh_expires_at = [](unix_seconds value) {
    return fault_after([value](session& x) { x.refresh_expires_at = value; });
  };
  EXPECT_EQ(refresh_expires_at(max_unix_seconds), "");
  EXPECT_EQ(refresh_expires_at(max_unix_seconds + 1), "refresh_expires_at");
  EXPECT_EQ(fault_after([](session& x) { x.created_at = -1; }), "created_at");
  EXPECT_EQ(fault_after([](session& x) { x.refreshed_at = -1; }),
            "refreshed_at");
  EXPECT_EQ(fault_after([](session& x) { x.expires_at = -1; }), "expires_at");
  EXPECT_EQ(fault_after([](session& x) { x.tokens_fresh_from = -1; }),
            "tokens_fresh_from");
  EXPECT_EQ(fault_after([](session& x) { x.prev_tokens_fresh_from = -1; }),
            "prev_tokens_fresh_from");
}

TEST(ValidationTest, LockVersionLeavesRoomForTheTombstone) {
  auto lock_version = [](std::int64_t value) {
    return fault_after([value](session& x) { x.lock_version = value; });
  };
  EXPECT_EQ(lock_version(0), "");
  // One more is stored, and the tombstone is one above the largest.
  EXPECT_EQ(lock_version(max_lock_version - 1), "");
  EXPECT_EQ(lock_version(max_lock_version), "lock_version");
  EXPECT_EQ(lock_version(-1), "lock_version");
}

TEST(ValidationTest, RefreshTokenIdAndVersionAreBounded) {
  EXPECT_EQ(
    fault_after([](session& x) { x.refresh_token_id.assign(256, 't'); }), "");
  EXPECT_EQ(
    fault_after([](session& x) { x.refresh_token_id.assign(257, 't'); }),
    "refresh_token_id");
  EXPECT_EQ(fault_after([](session& x) { x.version = 8; }), "");
  EXPECT_EQ(fault_after([](session& x) { x.version = 6; }), "version");
}

TEST(ValidationTest, SessionOverBeforeItsRefreshHasExpired) {
  auto x = example();
  x.refresh_expires_at = x.refreshed_at;
  EXPECT_EQ(code_of(validate(x)), ec::session_expired);
}

TEST(ValidationTest, ErrorsDoNotTellTheValue) {
  session_key key{"l.planted", "se.planted", "plan.ted"};
  EXPECT_EQ(describe(validate(key)).find("planted"), std::string::npos);
  EXPECT_EQ(describe(validate(key.set())).find("planted"), std::string::npos);
}

} // namespace

} // namespace obol
