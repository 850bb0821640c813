#include "lua/layout_test.hpp"

namespace obol::test {

class ResolveTest : public LayoutTest {
protected:
  /// Asks about a write whose deadline has just passed.
  redis_reply outcome(const std::string& id, std::int64_t new_lock,
                      const std::string& operation) {
    return resolve(id, new_lock, operation, now_ms() - 1);
  }
};

INSTANTIATE_TEST_SUITE_P(On, ResolveTest, testing::ValuesIn(all_layouts()),
                         layout_test_name);

TEST_P(ResolveTest, IsPendingUntilTheDeadlineHasPassed) {
  upsert("a", 1, op('1'));
  EXPECT_EQ(resolve("a", 1, op('1'), now_ms() + 60'000), "PENDING");
}

TEST_P(ResolveTest, AppliedWriteIsFoundInTheRing) {
  upsert("a", 1, op('1'));
  EXPECT_EQ(outcome("a", 1, op('1')), "APPLIED");
  upsert("a", 2, op('2'));
  EXPECT_EQ(outcome("a", 1, op('1')), "APPLIED");
}

TEST_P(ResolveTest, SlotTakenByAnotherMeansNotApplied) {
  upsert("a", 1, op('1'));
  EXPECT_EQ(outcome("a", 1, op('9')), "NOT_APPLIED");
}

TEST_P(ResolveTest, SlotTakenByACharonNodeMeansNotApplied) {
  upsert("a", 1, op('1'));
  upsert_charon("a", 2);
  EXPECT_EQ(outcome("a", 2, op('2')), "NOT_APPLIED");
}

TEST_P(ResolveTest, FreeSlotMeansNotApplied) {
  upsert("a", 1, op('1'));
  EXPECT_EQ(outcome("a", 2, op('2')), "NOT_APPLIED");
  EXPECT_EQ(outcome("b", 1, op('1')), "NOT_APPLIED");
}

TEST_P(ResolveTest, FirstWriteIsUnknownOnceATombstoneCouldHaveGone) {
  EXPECT_EQ(resolve("a", 1, op('1'), now_ms() - 5'000), "NOT_APPLIED");
  EXPECT_EQ(resolve("a", 1, op('1'), now_ms() - 15'001), "UNKNOWN");
}

TEST_P(ResolveTest, DeletedSessionIsUnknown) {
  upsert("a", 1, op('1'));
  call("delete", {"a"});
  EXPECT_EQ(outcome("a", 1, op('1')), "UNKNOWN");
  EXPECT_EQ(outcome("a", 2, op('2')), "UNKNOWN");
}

TEST_P(ResolveTest, UpdateOfWhatIsMissingIsUnknown) {
  EXPECT_EQ(outcome("a", 2, op('2')), "UNKNOWN");
}

TEST_P(ResolveTest, WriteTheRingHasForgottenIsUnknown) {
  for (int version = 1; version <= 5; ++version)
    upsert("a", version, op(static_cast<char>('0' + version)));
  EXPECT_EQ(outcome("a", 1, op('1')), "UNKNOWN");
  EXPECT_EQ(outcome("a", 2, op('2')), "APPLIED");
  drop_ring("a");
  EXPECT_EQ(outcome("a", 2, op('2')), "UNKNOWN");
}

TEST_P(ResolveTest, LockThatIsNoNumberIsUnknown) {
  plant_lock("a", "x");
  EXPECT_EQ(outcome("a", 1, op('1')), "UNKNOWN");
}

TEST_P(ResolveTest, WritesNothingAndRunsWhenMemoryIsFull) {
  upsert("a", 1, op('1'));
  const auto before = contents();
  target->command({"CONFIG", "SET", "maxmemory", "1"});
  EXPECT_EQ(outcome("a", 1, op('1')), "APPLIED");
  EXPECT_EQ(contents(), before);
}

} // namespace obol::test
