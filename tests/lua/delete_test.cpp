#include <gmock/gmock.h>

#include "lua/layout_test.hpp"

namespace obol::test {

class DeleteTest : public LayoutTest {
protected:
  void SetUp() override {
    LayoutTest::SetUp();
    if (!IsSkipped())
      started_ms_ = now_ms();
  }

  /// Only the tombstone is left; it goes within 30 s, but outlives every
  /// deadline.
  void expect_buried(const std::string& id) {
    EXPECT_TRUE(stored_session(id).is_nil()) << id;
    EXPECT_TRUE(stored_ring(id).is_nil()) << id;
    EXPECT_EQ(stored_lock(id).text, tombstone) << id;
    EXPECT_GE(lock_expires_at_ms(id), started_ms_ + 29'000) << id;
    EXPECT_LE(lock_expires_at_ms(id), now_ms() + 30'000) << id;
  }

private:
  std::int64_t started_ms_ = 0;
};

INSTANTIATE_TEST_SUITE_P(On, DeleteTest, testing::ValuesIn(all_layouts()),
                         layout_test_name);

TEST_P(DeleteTest, LeavesNothingButATombstone) {
  upsert("a", 1, op('1'));
  EXPECT_EQ(call("delete", {"a"}), 1);
  expect_buried("a");
}

TEST_P(DeleteTest, OfWhatIsNotThereStillLeavesATombstone) {
  // A first write whose reply was lost may still be on its way.
  EXPECT_EQ(call("delete", {"a"}), 0);
  expect_buried("a");
  EXPECT_EQ(upsert("a", 1, op('1')), "GONE");
}

TEST_P(DeleteTest, AgainCountsNothing) {
  upsert("a", 1, op('1'));
  call("delete", {"a"});
  EXPECT_EQ(call("delete", {"a"}), 0);
}

TEST_P(DeleteTest, LeavesOtherSessionsAsTheyWere) {
  upsert("a", 1, op('1'));
  upsert("b", 1, op('2'), "other");
  call("delete", {"a"});
  EXPECT_EQ(stored_session("b"), "other");
  EXPECT_EQ(upsert("b", 2, op('3')), "OK");
}

TEST_P(DeleteTest, AllCountsLiveSessionsAndBuriesEachId) {
  upsert("a", 1, op('1'));
  upsert("b", 1, op('2'));
  upsert("c", 1, op('3'));
  call("delete", {"c"});
  EXPECT_EQ(call("delete_all", {}), 2);
  for (const auto* id : {"a", "b", "c"})
    expect_buried(id);
  EXPECT_EQ(call("delete_all", {}), 0);
}

TEST_P(DeleteTest, AllOfNothingWritesNothing) {
  EXPECT_EQ(call("delete_all", {}), 0);
  EXPECT_EQ(call("delete_others", {"a"}), 0);
  EXPECT_EQ(call("delete_named", {}), 0);
  EXPECT_THAT(contents(), testing::IsEmpty());
}

TEST_P(DeleteTest, OthersKeepsTheNamedSession) {
  upsert("a", 1, op('1'));
  upsert("b", 1, op('2'), "kept");
  upsert("c", 1, op('3'));
  EXPECT_EQ(call("delete_others", {"b"}), 2);
  expect_buried("a");
  expect_buried("c");
  EXPECT_EQ(stored_session("b"), "kept");
  EXPECT_EQ(upsert("b", 2, op('4')), "OK");
}

TEST_P(DeleteTest, NamedRemovesThoseAndCountsThoseThatWereThere) {
  upsert("a", 1, op('1'));
  upsert("b", 1, op('2'));
  upsert("c", 1, op('3'), "kept");
  EXPECT_EQ(call("delete_named", {"a", "b", "x"}), 2);
  expect_buried("a");
  expect_buried("b");
  EXPECT_EQ(stored_session("c"), "kept");
}

TEST_P(DeleteTest, ThousandsOfSessionsGoInOneCall) {
  // More than Lua can unpack at once.
  constexpr int count = 10'500;
  const auto until = std::to_string(now() + 60);
  for (int i = 0; i < count; ++i) {
    const auto id = std::to_string(i);
    if (is_hash()) {
      target->command({"HSETEX", keys()[0], "EXAT", until, "FIELDS", "2", id,
                       "s", "l." + id, "1"});
    } else {
      target->command({"HSET", keys()[0], id, "s"});
      target->command({"ZADD", keys()[1], until, id});
      target->command({"HSET", keys()[2], id, "1"});
    }
  }
  EXPECT_EQ(call("delete_others", {"7"}), count - 1);
  expect_buried("0");
  expect_buried(std::to_string(count - 1));
  EXPECT_EQ(call("delete_all", {}), 1);
  expect_buried("7");
}

TEST_P(DeleteTest, CharonsLeavesNoTombstone) {
  upsert_charon("a", 1);
  upsert_charon("b", 1);
  EXPECT_EQ(call("delete_charon", {"a"}), 1);
  EXPECT_EQ(call("delete_charon", {"a"}), 0);
  EXPECT_TRUE(stored_session("a").is_nil());
  EXPECT_TRUE(stored_lock("a").is_nil());
  EXPECT_EQ(call("delete_all_charon", {}), 1);
  EXPECT_EQ(call("delete_all_charon", {}), 0);
  EXPECT_TRUE(stored_lock("b").is_nil());
}

TEST_P(DeleteTest, WorksWhenMemoryIsFull) {
  // Given five sessions and no memory left,
  for (const auto* id : {"a", "b", "c", "d", "e"})
    upsert(id, 1, op('1'));
  target->command({"CONFIG", "SET", "maxmemory", "1"});
  ASSERT_EQ(upsert("f", 1, op('2')).text.substr(0, 3), "OOM");
  // then every way to log out works.
  EXPECT_EQ(call("delete", {"a"}), 1);
  EXPECT_EQ(call("delete_charon", {"b"}), 1);
  EXPECT_EQ(call("delete_named", {"c"}), 1);
  EXPECT_EQ(call("delete_others", {"d"}), 1);
  EXPECT_EQ(call("delete_all", {}), 1);
  EXPECT_EQ(call("delete_all_charon", {}), 0);
}

TEST_P(DeleteTest, KeyOfAnotherTypeEndsTheCallWithNothingWritten) {
  for (const auto& foreign : keys()) {
    if (foreign.find(".pl.") != std::string::npos)
      continue; // deleting does not touch the prune lock
    upsert("a", 1, op('1'));
    target->command({"DEL", foreign});
    target->command({"RPUSH", foreign, "foreign"});
    const auto before = contents();
    EXPECT_TRUE(call("delete", {"a"}).is_error()) << foreign;
    EXPECT_TRUE(call("delete_named", {"a"}).is_error()) << foreign;
    EXPECT_TRUE(call("delete_others", {"b"}).is_error()) << foreign;
    EXPECT_TRUE(call("delete_all", {}).is_error()) << foreign;
    EXPECT_EQ(contents(), before) << foreign;
    target->command({"FLUSHALL"});
  }
}

using FieldExpiryTest = LayoutTest;

INSTANTIATE_TEST_SUITE_P(
  On, FieldExpiryTest,
  testing::Values(layout_case{"redis-8", "hash_field_expiry"},
                  layout_case{"valkey-9", "hash_field_expiry"}),
  layout_test_name);

TEST_P(FieldExpiryTest, ExpiredFieldsThatAreStillThereCountAsMissing) {
  // Given sessions whose fields have expired and were not reclaimed,
  target->command({"DEBUG", "SET-ACTIVE-EXPIRE", "0"});
  upsert("a", 1, op('1'));
  upsert("b", 1, op('1'));
  const auto key = keys()[0];
  target->command({"HPEXPIRE", key, "1", "FIELDS", "6", "a", "l.a", "l.l.a.1",
                   "b", "l.b", "l.l.b.1"});
  while (!stored_lock("a").is_nil() || !stored_lock("b").is_nil()) {
  }
  ASSERT_GT(target->command({"HLEN", key}).integer, 0);
  // then they are not there for any function.
  EXPECT_EQ(upsert("a", 2, op('2')), "GONE");
  EXPECT_EQ(call("delete_all", {}), 0);
  EXPECT_EQ(call("delete_named", {"a"}), 0);
  EXPECT_EQ(call("delete_charon", {"b"}), 0);
}

} // namespace obol::test
