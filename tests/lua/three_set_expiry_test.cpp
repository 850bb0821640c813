#include <gmock/gmock.h>

#include "lua/layout_test.hpp"

namespace obol::test {

/// What only the three-set layout has: an expiry index, keys that expire with
/// their longest session, and pruning.
class ThreeSetTest : public LayoutTest {
protected:
  std::int64_t key_expires_at(std::size_t key) {
    return target->command({"EXPIRETIME", keys().at(key)}).integer;
  }

  /// Makes the index say that a session expired a second ago.
  void expire(const std::string& id) {
    target->command({"ZADD", keys()[1], std::to_string(now() - 1), id});
  }

  /// Sessions that expired long ago and were never pruned.
  void plant_expired(int count) {
    for (int i = 0; i < count; ++i) {
      const auto id = "old" + std::to_string(i);
      target->command({"HSET", keys()[0], id, "s"});
      target->command({"ZADD", keys()[1], "1700000000", id});
      target->command({"HSET", keys()[2], id, "1"});
      target->command({"HSET", keys()[4], id, ";1:" + op('1')});
    }
  }

  std::vector<std::int64_t> sizes() {
    return {target->command({"HLEN", keys()[0]}).integer,
            target->command({"ZCARD", keys()[1]}).integer,
            target->command({"HLEN", keys()[2]}).integer,
            target->command({"HLEN", keys()[4]}).integer};
  }

  std::int64_t prune_lock_ttl() {
    return target->command({"TTL", keys()[3]}).integer;
  }
};

std::vector<layout_case> three_set_everywhere() {
  std::vector<layout_case> result;
  for (const auto& name : all_server_names())
    result.push_back({name, "three_set"});
  return result;
}

INSTANTIATE_TEST_SUITE_P(On, ThreeSetTest,
                         testing::ValuesIn(three_set_everywhere()),
                         layout_test_name);

TEST_P(ThreeSetTest, KeysExpireWithTheLongestSession) {
  const auto base = now();
  upsert_until("a", 1, op('1'), base + 100);
  upsert_until("b", 1, op('2'), base + 300);
  upsert_until("c", 1, op('3'), base + 200);
  for (const std::size_t key : {0, 1, 2, 4})
    EXPECT_EQ(key_expires_at(key), base + 300) << keys()[key];
}

TEST_P(ThreeSetTest, RingGetsTheExpiryOfKeysThatCharonWrote) {
  // Given a long session by a Charon node, which has no ring,
  const auto base = now();
  call("upsert_charon",
       {"a", "1", "s", std::to_string(base + 500), std::to_string(base)});
  // when obol writes a shorter one, then the new ring key expires with the
  // others.
  upsert_until("b", 1, op('1'), base + 100);
  EXPECT_EQ(key_expires_at(4), base + 500);
  EXPECT_EQ(key_expires_at(0), base + 500);
}

TEST_P(ThreeSetTest, KeysExpireWithTheLongestSessionThatIsLeft) {
  const auto base = now();
  upsert_until("a", 1, op('1'), base + 100);
  upsert_until("b", 1, op('2'), base + 300);
  call("delete", {"b"});
  for (const std::size_t key : {0, 1, 2, 4})
    EXPECT_EQ(key_expires_at(key), base + 100) << keys()[key];
}

TEST_P(ThreeSetTest, KeysExpireWithARefreshedSessionAfterCharonsDelete) {
  // Given two sessions, the longer of which a Charon node deletes, so that all
  // but the ring expire sooner,
  const auto base = now();
  upsert_until("a", 1, op('1'), base + 100);
  upsert_until("b", 1, op('2'), base + 900);
  call("delete_charon", {"b"});
  ASSERT_EQ(key_expires_at(0), base + 100);
  // when the other one is refreshed, then the keys live as long as it does, also
  // when it is written again with the same expiry.
  for (const int version : {2, 3}) {
    ASSERT_EQ(upsert_until("a", version, op('3'), base + 500), "OK");
    for (const std::size_t key : {0, 1, 2, 4})
      EXPECT_EQ(key_expires_at(key), base + 500) << keys()[key];
  }
}

TEST_P(ThreeSetTest, SameExpiryAfterACharonNodeWroteIsGivenToTheRing) {
  // Given a session whose expiry a Charon node moved, which leaves the ring's,
  const auto base = now();
  upsert_until("a", 1, op('1'), base + 100);
  call("upsert_charon",
       {"a", "2", "s", std::to_string(base + 500), std::to_string(base)});
  ASSERT_EQ(key_expires_at(4), base + 100);
  // when obol writes it with the expiry it has, then the ring expires with it.
  ASSERT_EQ(upsert_until("a", 3, op('3'), base + 500), "OK");
  EXPECT_EQ(key_expires_at(4), base + 500);
}

TEST_P(ThreeSetTest, KeyThatWasEvictedExpiresWithTheLongestSession) {
  const auto base = now();
  for (const std::size_t evicted : {0, 1, 4}) {
    // Given two sessions, and one key evicted,
    target->command({"FLUSHALL"});
    upsert_until("a", 1, op('1'), base + 100);
    upsert_until("b", 1, op('2'), base + 300);
    target->command({"DEL", keys()[evicted]});
    // when the longer one is written again, then all keys expire with it.
    ASSERT_EQ(upsert_until("b", 2, op('3'), base + 300), "OK");
    for (const std::size_t key : {0, 1, 2, 4})
      EXPECT_EQ(key_expires_at(key), base + 300) << keys()[key];
  }
}

TEST_P(ThreeSetTest, SessionsWithoutExpiryGetTheirsBack) {
  const auto base = now();
  upsert_until("a", 1, op('1'), base + 100);
  target->command({"PERSIST", keys()[0]});
  ASSERT_EQ(upsert_until("a", 2, op('2'), base + 200), "OK");
  for (const std::size_t key : {0, 1, 2, 4})
    EXPECT_EQ(key_expires_at(key), base + 200) << keys()[key];
}

TEST_P(ThreeSetTest, KeysOfDeletedSessionsGoWithTheTombstones) {
  upsert("a", 1, op('1'));
  call("delete_all", {});
  EXPECT_THAT(sizes(), testing::ElementsAre(0, 1, 1, 0));
  EXPECT_LE(key_expires_at(1), now() + 30);
  EXPECT_LE(key_expires_at(2), now() + 30);
}

TEST_P(ThreeSetTest, ExpiredSessionCountsAsMissing) {
  upsert("a", 1, op('1'));
  expire("a");
  EXPECT_EQ(upsert("a", 2, op('2')), "GONE");
  EXPECT_EQ(call("delete", {"a"}), 0);
}

TEST_P(ThreeSetTest, ExpiredSessionIsNotCounted) {
  upsert("a", 1, op('1'));
  upsert("b", 1, op('2'));
  expire("a");
  EXPECT_EQ(call("delete_named", {"a"}), 0);
  EXPECT_EQ(call("delete_all", {}), 1);
}

TEST_P(ThreeSetTest, NewSessionInPlaceOfAnExpiredOneStartsItsOwnRing) {
  upsert("a", 1, op('1'));
  expire("a");
  EXPECT_EQ(upsert("a", 1, op('2'), "new"), "OK");
  EXPECT_EQ(stored_ring("a"), ";1:2222222222222222");
}

TEST_P(ThreeSetTest, TombstoneExpiresThroughTheIndex) {
  call("delete", {"a"});
  ASSERT_EQ(upsert("a", 1, op('1')), "GONE");
  expire("a");
  EXPECT_EQ(upsert("a", 1, op('1')), "OK");
}

TEST_P(ThreeSetTest, SessionWhoseLockWasEvictedIsGone) {
  upsert("a", 1, op('1'));
  target->command({"DEL", keys()[2]});
  EXPECT_EQ(upsert("a", 2, op('2')), "GONE");
}

TEST_P(ThreeSetTest, PruningGoesOnInPortionsUntilNothingIsLeft) {
  // Given 250 expired sessions,
  plant_expired(250);
  // when sessions are stored, then each store removes 100 until none is left,
  upsert("a", 1, op('1'));
  EXPECT_THAT(sizes(), testing::ElementsAre(151, 151, 151, 151));
  EXPECT_EQ(prune_lock_ttl(), -2);
  upsert("a", 2, op('2'));
  EXPECT_THAT(sizes(), testing::ElementsAre(51, 51, 51, 51));
  EXPECT_EQ(prune_lock_ttl(), -2);
  upsert("a", 3, op('3'));
  EXPECT_THAT(sizes(), testing::ElementsAre(1, 1, 1, 1));
  // and only then does the prune lock stay.
  EXPECT_GT(prune_lock_ttl(), 3500);
  plant_expired(1);
  upsert("a", 4, op('4'));
  EXPECT_THAT(sizes(), testing::ElementsAre(2, 2, 2, 2));
}

TEST_P(ThreeSetTest, FullPortionKeepsThePruneLock) {
  plant_expired(100);
  upsert("a", 1, op('1'));
  EXPECT_THAT(sizes(), testing::ElementsAre(1, 1, 1, 1));
  EXPECT_GT(prune_lock_ttl(), 3500);
}

TEST_P(ThreeSetTest, RefusedWriteDoesNotPrune) {
  plant_expired(1);
  upsert("a", 2, op('1'));
  EXPECT_THAT(sizes(), testing::ElementsAre(1, 1, 1, 1));
  EXPECT_EQ(prune_lock_ttl(), -2);
}

TEST_P(ThreeSetTest, CharonsPrunesEverythingAndAlsoOnConflict) {
  upsert_charon("a", 1);
  plant_expired(2500);
  target->command({"DEL", keys()[3], keys()[4]});
  EXPECT_EQ(upsert_charon("a", 1), "CONFLICT");
  EXPECT_THAT(sizes(), testing::ElementsAre(1, 1, 1, 0));
}

TEST_P(ThreeSetTest, CharonsPruneSparesWhatExpiresThisVerySecond) {
  target->command(
    {"ZADD", keys()[1], "1700000000", "before", "1700000001", "now"});
  call("upsert_charon", {"a", "1", "s", "4102444800", "1700000001"});
  EXPECT_TRUE(target->command({"ZSCORE", keys()[1], "before"}).is_nil());
  EXPECT_FALSE(target->command({"ZSCORE", keys()[1], "now"}).is_nil());
}

} // namespace obol::test
