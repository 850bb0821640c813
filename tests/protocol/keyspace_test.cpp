#include "obol/keyspace.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using obol::is_lock_field;
using obol::keyspace;
using obol::layout;
using obol::session_set;
using obol::user_id;

const keyspace hash{"charon_", layout::hash_field_expiry};
const keyspace three{"charon_", layout::three_set};

// The expected keys are those Charon 4.3.0 and 3.4.1 were seen to use.

TEST(KeyspaceTest, HashKeyIsCharonFours) {
  EXPECT_EQ(hash.sessions({426, "full"}), "charon_.426.full");
  EXPECT_EQ(hash.sessions({426, "oauth2"}), "charon_.426.oauth2");
  EXPECT_EQ(hash.sessions({"john", "doe"}), "charon_.john.doe");
}

TEST(KeyspaceTest, SessionsKeyOfThreeSetsIsCharonThrees) {
  EXPECT_EQ(three.sessions({426, "full"}), "charon_.se.426.full");
  EXPECT_EQ(three.sessions({"john", "doe"}), "charon_.se.john.doe");
}

TEST(KeyspaceTest, FunctionsOfTheHashLayoutGetItsOneKey) {
  EXPECT_EQ(hash.function_keys({426, "full"}),
            (std::vector<std::string>{"charon_.426.full"}));
}

TEST(KeyspaceTest, FunctionsOfThreeSetsGetAllKeysInTheLibrarysOrder) {
  EXPECT_EQ(three.function_keys({426, "full"}),
            (std::vector<std::string>{
              "charon_.se.426.full", "charon_.e.426.full", "charon_.l.426.full",
              "charon_.pl.426.full", "charon_.o.426.full"}));
}

TEST(KeyspaceTest, FunctionKeysReplaceWhatWasThere) {
  for (auto& keys : {hash, three}) {
    std::vector<std::string> out{"one", "two", "three"};
    keys.put_function_keys(out, 426, "full");
    EXPECT_EQ(out, keys.function_keys({426, "full"}));
  }
}

TEST(KeyspaceTest, TypeIsFullUnlessNamed) {
  EXPECT_EQ(hash.sessions(session_set{user_id{1}}), "charon_.1.full");
}

TEST(KeyspaceTest, PrefixIsTakenAsItIs) {
  EXPECT_EQ(keyspace("", layout::hash_field_expiry).sessions({7, "full"}),
            ".7.full");
  EXPECT_EQ(keyspace("a.b", layout::three_set).sessions({7, "full"}),
            "a.b.se.7.full");
}

TEST(KeyspaceTest, BothKindsOfUserIdShareAKeyAsInCharon) {
  EXPECT_EQ(hash.sessions({1, "full"}), hash.sessions({"1", "full"}));
}

TEST(KeyspaceTest, UserIdKeepsItsBytesAndItsSign) {
  EXPECT_EQ(hash.sessions({-5, "full"}), "charon_.-5.full");
  EXPECT_EQ(hash.sessions({std::string("a\0\r\n{b}", 7), "full"}),
            std::string("charon_.a\0\r\n{b}.full", 20));
}

TEST(KeyspaceTest, ProbeKeysBeginWithThePrefixAndMeetNoOtherProbe) {
  for (auto& keys : {hash, three}) {
    auto one = keys.probe_keys("aa");
    auto other = keys.probe_keys("bb");

    ASSERT_EQ(one.size(), keys.function_keys({1, "full"}).size());
    for (std::size_t i = 0; i < one.size(); ++i) {
      EXPECT_EQ(one[i].substr(0, 8), "charon_.");
      EXPECT_NE(one[i], other[i]);
    }
  }
}

TEST(KeyspaceTest, FieldsOfLocksBeginWithTheirMark) {
  EXPECT_TRUE(is_lock_field("l.abc"));
  EXPECT_TRUE(is_lock_field("l.l.abc"));
  EXPECT_TRUE(is_lock_field("l."));
  EXPECT_FALSE(is_lock_field("labc"));
  EXPECT_FALSE(is_lock_field("l"));
  EXPECT_FALSE(is_lock_field(""));
}

} // namespace
