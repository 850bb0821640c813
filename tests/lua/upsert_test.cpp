#include <gmock/gmock.h>

#include "lua/layout_test.hpp"

namespace obol::test {

using UpsertTest = LayoutTest;

INSTANTIATE_TEST_SUITE_P(On, UpsertTest, testing::ValuesIn(all_layouts()),
                         layout_test_name);

TEST_P(UpsertTest, FirstWriteStoresSessionLockAndRing) {
  EXPECT_EQ(upsert("a", 1, op('1'), "bytes \r\n\0 and more"), "OK");
  EXPECT_EQ(stored_session("a"), "bytes \r\n\0 and more");
  EXPECT_EQ(stored_lock("a"), "1");
  EXPECT_EQ(stored_ring("a"), ";1:1111111111111111");
}

TEST_P(UpsertTest, SessionMayHoldAnyBytes) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte)
    bytes.push_back(static_cast<char>(byte));
  EXPECT_EQ(upsert("a", 1, op('1'), bytes), "OK");
  EXPECT_EQ(stored_session("a").text, bytes);
}

TEST_P(UpsertTest, NextVersionReplacesTheSession) {
  upsert("a", 1, op('1'), "first");
  EXPECT_EQ(upsert("a", 2, op('2'), "second"), "OK");
  EXPECT_EQ(stored_session("a"), "second");
  EXPECT_EQ(stored_lock("a"), "2");
}

TEST_P(UpsertTest, CopyOfAnAppliedWriteIsADuplicateAndChangesNothing) {
  upsert("a", 1, op('1'), "first");
  const auto before = contents();
  EXPECT_EQ(upsert("a", 1, op('1'), "first"), "DUP");
  EXPECT_EQ(contents(), before);
}

TEST_P(UpsertTest, AnotherWriterOfTheSameVersionIsAConflict) {
  upsert("a", 1, op('1'), "first");
  const auto before = contents();
  EXPECT_EQ(upsert("a", 1, op('2'), "second"), "CONFLICT");
  EXPECT_EQ(contents(), before);
}

TEST_P(UpsertTest, RingStillKnowsAWriteAfterThreeLaterOnes) {
  for (int version = 1; version <= 4; ++version)
    ASSERT_EQ(upsert("a", version, op(static_cast<char>('0' + version))), "OK");
  EXPECT_EQ(upsert("a", 1, op('1')), "DUP");
  EXPECT_EQ(upsert("a", 1, op('9')), "CONFLICT");
}

TEST_P(UpsertTest, RingHasForgottenAWriteAfterFourLaterOnes) {
  for (int version = 1; version <= 5; ++version)
    ASSERT_EQ(upsert("a", version, op(static_cast<char>('0' + version))), "OK");
  EXPECT_EQ(upsert("a", 1, op('1')), "OLD");
  EXPECT_EQ(upsert("a", 2, op('2')), "DUP");
  EXPECT_EQ(stored_ring("a"), ";5:5555555555555555;4:4444444444444444"
                              ";3:3333333333333333;2:2222222222222222");
}

TEST_P(UpsertTest, RingHoldsFourWritesWhileVersionsGrowLonger) {
  // Given four writes up to the last version of a length,
  for (const std::int64_t shorter : {9, 99, 9'999'999}) {
    target->command({"FLUSHALL"});
    plant_lock("a", std::to_string(shorter - 4));
    for (auto version = shorter - 3; version <= shorter; ++version)
      ASSERT_EQ(upsert("a", version, op('1')), "OK");
    // when longer ones follow, then the newest four stay.
    for (auto version = shorter + 1; version <= shorter + 6; ++version) {
      ASSERT_EQ(upsert("a", version, op('2')), "OK");
      std::string ring;
      for (auto kept = version; kept > version - 4; --kept)
        ring
          += ';' + std::to_string(kept) + ':' + op(kept > shorter ? '2' : '1');
      EXPECT_EQ(stored_ring("a").text, ring);
    }
  }
}

TEST_P(UpsertTest, MissingRingCannotTell) {
  upsert("a", 1, op('1'));
  drop_ring("a");
  EXPECT_EQ(upsert("a", 1, op('1')), "OLD");
}

TEST_P(UpsertTest,
       VersionWrittenByACharonNodeIsAConflictWhenTheRingReachesBackFurther) {
  // Given version 1 by obol and version 2 by a node that writes no ring,
  upsert("a", 1, op('1'));
  ASSERT_EQ(upsert_charon("a", 2), "OK");
  // then nobody else's version 2 can have been applied, and version 3 is free.
  EXPECT_EQ(upsert("a", 2, op('2')), "CONFLICT");
  EXPECT_EQ(upsert("a", 3, op('3')), "OK");
  EXPECT_EQ(upsert("a", 2, op('2')), "CONFLICT");
}

TEST_P(UpsertTest, LockBehindTheCallerIsAConflict) {
  upsert("a", 1, op('1'));
  EXPECT_EQ(upsert("a", 3, op('3')), "CONFLICT");
}

TEST_P(UpsertTest, UpdateOfWhatIsNotThereIsGone) {
  EXPECT_EQ(upsert("a", 2, op('2')), "GONE");
  EXPECT_THAT(contents(), testing::IsEmpty());
}

TEST_P(UpsertTest, DeletedSessionDoesNotComeBack) {
  upsert("a", 1, op('1'));
  ASSERT_EQ(call("delete", {"a"}), 1);
  const auto before = contents();
  EXPECT_EQ(upsert("a", 1, op('1')), "GONE");
  EXPECT_EQ(upsert("a", 2, op('2')), "GONE");
  EXPECT_EQ(contents(), before);
}

TEST_P(UpsertTest, VersionAfterTheTombstoneIsNotWritable) {
  plant_lock("a", std::string{tombstone});
  EXPECT_EQ(upsert("a", 9007199254740992, op('1')), "GONE");
}

TEST_P(UpsertTest, GreatestVersionIsWritable) {
  plant_lock("a", "9007199254740989");
  EXPECT_EQ(upsert("a", 9007199254740990, op('1')), "OK");
  EXPECT_EQ(stored_lock("a"), "9007199254740990");
}

TEST_P(UpsertTest, WriteAfterItsDeadlineIsLateAndSaysTheTime) {
  const auto before = now_ms();
  const auto reply
    = call("upsert",
           arguments_of({"a", 1, "session", now() + 60, op('1'), before - 1}));
  ASSERT_EQ(reply.text.substr(0, 5), "LATE ") << reply;
  EXPECT_GE(std::stoll(reply.text.substr(5)), before);
  EXPECT_LE(std::stoll(reply.text.substr(5)), now_ms());
  EXPECT_THAT(contents(), testing::IsEmpty());
}

TEST_P(UpsertTest, LockThatIsNoNumberIsCorruptAndStays) {
  for (const auto* lock : {"x", "", "1.5", "-1", "nan", "inf", "0x10", "1 "}) {
    plant_lock("a", lock);
    const auto before = contents();
    EXPECT_EQ(upsert("a", 1, op('1')), "CORRUPT") << lock;
    EXPECT_EQ(contents(), before) << lock;
  }
}

TEST_P(UpsertTest, RingThatIsNoRingCannotTell) {
  upsert("a", 1, op('1'));
  upsert("a", 2, op('2'));
  for (const auto* ring :
       {"", ";", ";;;;;;", "x", ";x:y", ";1", "9:", ";9:9;"}) {
    plant_ring("a", ring);
    EXPECT_EQ(upsert("a", 1, op('1')), "OLD") << ring;
  }
}

TEST_P(UpsertTest, ExpiredWriteIsRefusedAndTheLiveSessionStays) {
  upsert("a", 1, op('1'), "first");
  const auto before = contents();
  EXPECT_EQ(upsert_until("a", 2, op('2'), now(), "second"), "EXPIRED");
  EXPECT_EQ(upsert_until("a", 2, op('2'), 1, "second"), "EXPIRED");
  EXPECT_EQ(upsert_until("b", 1, op('2'), now() - 1), "EXPIRED");
  EXPECT_EQ(contents(), before);
}

TEST_P(UpsertTest, ExpiryBeyondTheServersRangeIsCutToIt) {
  EXPECT_EQ(upsert_until("a", 1, op('1'), 9007199254740991), "OK");
  EXPECT_EQ(lock_expires_at_ms("a"), 70368744177'000);
}

TEST_P(UpsertTest, ArgumentThatIsNoNumberChangesNothing) {
  upsert("a", 1, op('1'));
  const auto before = contents();
  const auto good
    = arguments_of({"a", 2, "second", 4102444800, op('2'), now_ms() + 60'000});
  const std::size_t expiry = 3;
  const std::size_t times = 5;
  for (const auto wrong : {expiry, times}) {
    auto arguments = good;
    arguments[wrong] = "soon";
    EXPECT_TRUE(call("upsert", arguments).is_error()) << wrong;
  }
  EXPECT_TRUE(call("upsert", {"a", "2"}).is_error());
  EXPECT_EQ(contents(), before);
}

TEST_P(UpsertTest, CharonFunctionAnswersConflictToATombstone) {
  upsert("a", 1, op('1'));
  call("delete", {"a"});
  EXPECT_EQ(upsert_charon("a", 1), "CONFLICT");
  EXPECT_EQ(upsert_charon("a", 2), "CONFLICT");
}

TEST_P(UpsertTest, CharonFunctionInsertsAnyVersionWhereNothingIsStored) {
  EXPECT_EQ(upsert_charon("a", 42), "OK");
  EXPECT_EQ(upsert_charon("a", 42), "CONFLICT");
  EXPECT_EQ(upsert_charon("a", 44), "CONFLICT");
  EXPECT_EQ(upsert_charon("a", 43), "OK");
  EXPECT_TRUE(stored_ring("a").is_nil());
}

TEST_P(UpsertTest, CharonFunctionLeavesACorruptLockAlone) {
  plant_lock("a", "x");
  EXPECT_EQ(upsert_charon("a", 1), "CORRUPT");
  EXPECT_EQ(stored_lock("a"), "x");
}

TEST_P(UpsertTest, KeyOfAnotherTypeEndsTheCallWithNothingWritten) {
  for (const auto& foreign : keys()) {
    // Given a session, and a foreign value in place of one of the keys,
    target->command({"FLUSHALL"});
    upsert("a", 1, op('1'));
    target->command({"DEL", foreign});
    target->command({"RPUSH", foreign, "foreign"});
    const auto before = contents();
    // when a session is added, then nothing changes.
    EXPECT_TRUE(upsert("b", 1, op('3')).is_error()) << foreign;
    EXPECT_EQ(contents(), before) << foreign;
  }
}

TEST_P(UpsertTest, CharonFunctionMeetingAKeyOfAnotherTypeWritesNothing) {
  for (const auto& foreign : keys()) {
    if (foreign.find(".o.") != std::string::npos)
      continue; // Charon has no write ring.
    target->command({"FLUSHALL"});
    upsert_charon("a", 1);
    target->command({"DEL", foreign});
    target->command({"RPUSH", foreign, "foreign"});
    const auto before = contents();
    EXPECT_TRUE(upsert_charon("b", 1).is_error()) << foreign;
    EXPECT_EQ(contents(), before) << foreign;
  }
}

TEST_P(UpsertTest, FullMemoryRefusesItBeforeItRuns) {
  upsert("a", 1, op('1'));
  const auto before = contents();
  target->command({"CONFIG", "SET", "maxmemory", "1"});
  EXPECT_EQ(upsert("a", 2, op('2')).text.substr(0, 3), "OOM");
  EXPECT_EQ(contents(), before);
}

} // namespace obol::test
