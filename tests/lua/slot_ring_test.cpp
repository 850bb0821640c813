#include <gmock/gmock.h>

#include "lua/layout_test.hpp"

namespace obol::test {

/// The write ring of `hash_field_expiry`: four fields, each written without a
/// look at the others.
class SlotRingTest : public LayoutTest {
protected:
  redis_reply slot(const std::string& id, std::int64_t version) {
    return target->command({"HGET", keys()[0], slot_field(id, version)});
  }

  void plant_slot(const std::string& id, std::int64_t version,
                  const std::string& text) {
    target->command({"HSET", keys()[0], slot_field(id, version), text});
  }

  void drop_slot(const std::string& id, std::int64_t version) {
    target->command({"HDEL", keys()[0], slot_field(id, version)});
  }

  std::int64_t expires_at_ms(const std::string& field) {
    return target->command({"HPEXPIRETIME", keys()[0], "FIELDS", "1", field})
      .elements.at(0)
      .integer;
  }

  /// Writes these versions, each with the operation id of its last digit.
  void write(const std::string& id, std::int64_t first, std::int64_t last) {
    for (auto version = first; version <= last; ++version)
      ASSERT_EQ(upsert(id, version, digits_of(version)), "OK") << version;
  }

  /// A copy of what `write` wrote.
  redis_reply copy(const std::string& id, std::int64_t version) {
    return upsert(id, version, digits_of(version));
  }

  /// Asks about it so long after its deadline.
  redis_reply outcome(const std::string& id, std::int64_t version,
                      std::int64_t after_ms = 1) {
    return resolve(id, version, digits_of(version), now_ms() - after_ms);
  }

  static std::string digits_of(std::int64_t version) {
    return op(static_cast<char>('0' + version % 10));
  }
};

INSTANTIATE_TEST_SUITE_P(
  On, SlotRingTest,
  testing::Values(layout_case{"redis-8", "hash_field_expiry"},
                  layout_case{"valkey-9", "hash_field_expiry"}),
  layout_test_name);

// -- what the slots hold ------------------------------------------------------

TEST_P(SlotRingTest, FifthWriteTakesTheSlotOfTheFirst) {
  write("a", 1, 5);
  EXPECT_EQ(slot("a", 1), "5:5555555555555555");
  EXPECT_EQ(slot("a", 2), "2:2222222222222222");
  EXPECT_EQ(slot("a", 4), "4:4444444444444444");
  EXPECT_EQ(target->command({"HLEN", keys()[0]}), 6);
}

TEST_P(SlotRingTest, SlotsExpireWithTheirSession) {
  const auto expiry = now() + 60;
  ASSERT_EQ(upsert_until("a", 1, op('1'), expiry), "OK");
  EXPECT_EQ(expires_at_ms("l.l.a.1"), expiry * 1000);
}

TEST_P(SlotRingTest, WriteIsRememberedThirtySecondsThoughItsSessionEndsBefore) {
  const auto started_ms = now_ms();
  const auto expiry = now() + 20;
  ASSERT_EQ(upsert_until("a", 1, op('1'), expiry), "OK");
  EXPECT_EQ(expires_at_ms("a"), expiry * 1000);
  EXPECT_EQ(expires_at_ms("l.a"), expiry * 1000);
  EXPECT_GE(expires_at_ms("l.l.a.1"), started_ms + 30'000);
}

TEST_P(SlotRingTest, WriteWhoseSessionEndsAtTheEdgeIsRememberedThirtySeconds) {
  for (int seconds = 28; seconds <= 34; ++seconds) {
    const auto id = std::to_string(seconds);
    const auto started_ms = now_ms();
    const auto expiry = now() + seconds;
    ASSERT_EQ(upsert_until(id, 1, op('1'), expiry), "OK");
    EXPECT_GE(expires_at_ms(slot_field(id, 1)), started_ms + 30'000) << id;
    EXPECT_EQ(expires_at_ms("l." + id), expiry * 1000) << id;
  }
}

// -- late copies --------------------------------------------------------------

TEST_P(SlotRingTest,
       CopyFourOrMoreVersionsLateIsOldNeverAnotherWritersVersion) {
  write("a", 1, 4);
  for (std::int64_t later = 5; later <= 9; ++later) {
    write("a", later, later);
    EXPECT_EQ(copy("a", later - 3), "DUP") << later;
    EXPECT_EQ(copy("a", later - 4), "OLD") << later;
    EXPECT_EQ(outcome("a", later - 3), "APPLIED") << later;
    EXPECT_EQ(outcome("a", later - 4), "UNKNOWN") << later;
  }
}

TEST_P(SlotRingTest, OlderEntryElsewhereProvesNothingAboutAnOverwrittenSlot) {
  // Given obol's versions 1 to 4, Charon's 5, and obol's 6 and 7: slot 1 still
  // holds version 1, slot 3 holds 7.
  write("a", 1, 4);
  ASSERT_EQ(upsert_charon("a", 5), "OK");
  write("a", 6, 7);
  // Then version 3 was applied, which nobody can tell any more;
  EXPECT_EQ(copy("a", 3), "OLD");
  EXPECT_EQ(outcome("a", 3), "UNKNOWN");
  // and version 5 was not obol's, for good: it would lie over version 1.
  EXPECT_EQ(copy("a", 5), "CONFLICT");
  EXPECT_EQ(outcome("a", 5, 600'000), "NOT_APPLIED");
}

TEST_P(SlotRingTest,
       CopyOfAShortLivedWriteIsKnownAfterItsSessionWouldHaveEnded) {
  // Given a version that would have ended soon, and one after it that lives
  // long,
  const auto started_ms = now_ms();
  write("a", 1, 1);
  ASSERT_EQ(upsert_until("a", 2, op('2'), now() + 20), "OK");
  write("a", 3, 3);
  // then its slot does not end with it.
  EXPECT_GE(expires_at_ms("l.l.a.2"), started_ms + 30'000);
  EXPECT_EQ(copy("a", 2), "DUP");
}

TEST_P(SlotRingTest, SlotThatMayHaveExpiredProvesNothing) {
  // Given a version without a slot between two that have one: Charon's, or one
  // whose slot has expired,
  write("a", 1, 3);
  drop_slot("a", 2);
  // then as long as it could not have expired it was not written by obol,
  EXPECT_EQ(copy("a", 2), "CONFLICT");
  EXPECT_EQ(outcome("a", 2, 5'000), "NOT_APPLIED");
  // and later nobody knows.
  EXPECT_EQ(outcome("a", 2, 15'001), "UNKNOWN");
}

// -- several lives of one id --------------------------------------------------

TEST_P(SlotRingTest, DeleteTakesEverySlotSoTheNextLifeBeginsWithAnEmptyRing) {
  write("a", 1, 4);
  ASSERT_EQ(call("delete", {"a"}), 1);
  EXPECT_TRUE(stored_ring("a").is_nil());
  target->command({"HDEL", keys()[0], "l.a"}); // the tombstone's time is over
  // Given the id's next life, with Charon's version 2,
  ASSERT_EQ(upsert("a", 1, op('9')), "OK");
  ASSERT_EQ(upsert_charon("a", 2), "OK");
  // then copies of the first life are not taken for writes of the second.
  EXPECT_EQ(copy("a", 1), "CONFLICT");
  EXPECT_EQ(copy("a", 2), "CONFLICT");
  EXPECT_EQ(stored_lock("a"), "2");
}

TEST_P(SlotRingTest, SlotsOfAnEarlierLifeAreNoWitnessesForTheNext) {
  // Given slots of versions 1 to 4, of a session that a Charon node deleted,
  write("a", 1, 4);
  ASSERT_EQ(call("delete_charon", {"a"}), 1);
  ASSERT_FALSE(stored_ring("a").is_nil());
  // when obol stores the id again,
  ASSERT_EQ(upsert("a", 1, op('9')), "OK");
  // then its slot is the new life's, and what is newer than the lock is not
  // there: version 4 is written when its turn comes.
  EXPECT_EQ(copy("a", 1), "CONFLICT");
  EXPECT_EQ(copy("a", 4), "CONFLICT");
  EXPECT_EQ(stored_lock("a"), "1");
  write("a", 2, 4);
  EXPECT_EQ(copy("a", 4), "DUP");
}

TEST_P(SlotRingTest, EntryNewerThanTheLockProvesNothing) {
  plant_lock("a", "3");
  plant_slot("a", 5, "5:5555555555555555");
  plant_slot("a", 2, "6:6666666666666666");
  // Neither that version 1's slot was overwritten, nor that it was not.
  EXPECT_EQ(copy("a", 1), "OLD");
  EXPECT_EQ(copy("a", 2), "OLD");
  // With an older entry of this life the empty slot is a proof.
  plant_slot("a", 1, "1:1111111111111111");
  EXPECT_EQ(copy("a", 2), "CONFLICT");
}

TEST_P(SlotRingTest, EntryInTheWrongSlotIsNone) {
  plant_lock("a", "3");
  plant_slot("a", 0, "2:2222222222222222");
  EXPECT_EQ(copy("a", 2), "OLD");
  EXPECT_EQ(copy("a", 3), "OLD");
}

// -- ids that look like slots -------------------------------------------------

TEST_P(SlotRingTest, IdsWithDotsAndDigitsDoNotMeet) {
  const std::vector<std::string> ids{"a", "a.1", "a.1.1", "1", "1.1", ".1"};
  for (const auto& id : ids)
    write(id, 1, 5);
  for (const auto& id : ids) {
    EXPECT_EQ(stored_lock(id), "5") << id;
    EXPECT_EQ(copy(id, 2), "DUP") << id;
    EXPECT_EQ(slot(id, 5), "5:5555555555555555") << id;
  }
}

TEST_P(SlotRingTest, DeletingAmongIdsWithDotsAndDigitsTakesThoseThatAreMeant) {
  const std::vector<std::string> ids{"a", "a.1", "a.1.1", "1", "1.1", ".1"};
  for (const auto& id : ids)
    write(id, 1, 5);
  EXPECT_EQ(call("delete_others", {"a.1"}), 5);
  EXPECT_EQ(copy("a.1", 2), "DUP");
  EXPECT_EQ(upsert("a.1", 6, op('6')), "OK");
  for (const auto& id : {"a", "a.1.1", "1", "1.1", ".1"}) {
    EXPECT_EQ(stored_lock(id).text, tombstone) << id;
    EXPECT_TRUE(stored_ring(id).is_nil()) << id;
  }
}

TEST_P(SlotRingTest, DeleteAllBuriesAnIdOfWhichOnlyASlotIsLeft) {
  // What a Charon node deleted may have a first write under way.
  write("a", 1, 2);
  ASSERT_EQ(call("delete_charon", {"a"}), 1);
  EXPECT_EQ(call("delete_all", {}), 0);
  EXPECT_EQ(stored_lock("a").text, tombstone);
  EXPECT_TRUE(stored_ring("a").is_nil());
  EXPECT_EQ(upsert("a", 1, op('1')), "GONE");
}

// -- what the caller worked out -----------------------------------------------

TEST_P(SlotRingTest, TimesThatNeedALookMakeNoOtherWrite) {
  // Given two equal worlds, in one of which every call is looked at closely,
  std::vector<std::string> replies[2];
  std::map<std::string, std::string> ends[2];
  const auto expiry = now() + 3600;
  const auto deadline = now_ms() + 60'000;
  for (const int careful : {0, 1}) {
    target->command({"FLUSHALL"});
    // when the same writes, copies and rivals arrive,
    for (const int version : {1, 1, 2, 3, 2, 5, 4, 4, 5, 6, 1, 7, 6})
      for (const char rival : {'a', 'b'}) {
        auto arguments = arguments_of(
          {"id", version, "session", expiry, op(rival), deadline});
        if (careful == 1)
          arguments.at(5) = "0:" + std::to_string(deadline);
        replies[careful].push_back(call("upsert", arguments).text);
      }
    ends[careful] = contents();
  }
  // then every answer and all that is stored are the same.
  EXPECT_EQ(replies[0], replies[1]);
  EXPECT_EQ(ends[0], ends[1]);
  EXPECT_THAT(replies[0], testing::Contains("OK"));
  EXPECT_THAT(replies[0], testing::Contains("DUP"));
  EXPECT_THAT(replies[0], testing::Contains("OLD"));
}

TEST_P(SlotRingTest, TimesOfAnotherLengthAreNotComparedAsText) {
  // "999999999000" is less than now, and greater as a text.
  write("a", 1, 1);
  const auto before = contents();
  for (const std::string easy : {"999999999000", "9", "99999999999999"}) {
    auto arguments
      = arguments_of({"a", 2, "second", 1'000'000, op('2'), now_ms() + 60'000});
    arguments.at(5) = easy + ':' + std::to_string(now_ms() + 60'000);
    EXPECT_EQ(call("upsert", arguments), "EXPIRED") << easy;
    EXPECT_EQ(contents(), before) << easy;
  }
}

TEST_P(SlotRingTest, DeadlineThatPassedInTheSameSecondIsLate) {
  for (int tries = 0; tries < 50; ++tries) {
    const auto deadline = now_ms() - 1;
    const auto reply = call(
      "upsert", arguments_of({"a", 1, "s", now() + 60, op('1'), deadline}));
    ASSERT_EQ(reply.text.substr(0, 5), "LATE ");
  }
  EXPECT_THAT(contents(), testing::IsEmpty());
}

} // namespace obol::test
