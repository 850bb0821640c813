#include "obol/internal/slot_write.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace {

using obol::session_commands;

const obol::session_key key{"sid-a", 426, "full"};

session_commands::upsert_arguments write_of(std::int64_t version) {
  return {key.id,         key.user_id,   key.type,           version,
          "signed.bytes", 1'800'000'000, "00112233aabbccdd", 1'795'000'001'500};
}

obol::internal::slot_write
make_slot_write(const session_commands::upsert_arguments& x) {
  // Nothing is left of what was there before.
  obol::internal::slot_write result{"9:0", "1:2", "l.l.other.1", 8};
  obol::internal::put_slot_write(result, x);
  return result;
}

/// Until when no time needs a closer look.
std::string easy_ms(std::int64_t expiry, std::int64_t deadline) {
  auto x = write_of(1);
  x.refresh_expires_at = expiry;
  x.server_deadline = deadline;
  auto times = make_slot_write(x).times;
  auto colon = times.find(':');
  EXPECT_EQ(times.substr(colon + 1), std::to_string(deadline));
  return times.substr(0, colon);
}

constexpr auto greatest = std::numeric_limits<std::int64_t>::max();

TEST(SlotWriteTest, FiveWritesGoRoundTheFourSlots) {
  EXPECT_EQ(make_slot_write(write_of(1)).slot, "l.l.sid-a.1");
  EXPECT_EQ(make_slot_write(write_of(4)).slot, "l.l.sid-a.0");
  EXPECT_EQ(make_slot_write(write_of(5)).slot, "l.l.sid-a.1");
  EXPECT_EQ(make_slot_write(write_of(9'007'199'254'740'990)).slot,
            "l.l.sid-a.2");
}

TEST(SlotWriteTest, NamesItsVersionAndTheOneBefore) {
  auto x = make_slot_write(write_of(3));
  EXPECT_EQ(x.entry, "3:00112233aabbccdd");
  EXPECT_EQ(x.old_lock, 2);
}

TEST(SlotWriteTest, TheLastSecondBeforeTheDeadlineNeedsALook) {
  EXPECT_EQ(easy_ms(1'800'000'000, 1'795'000'001'500), "1795000000500");
}

TEST(SlotWriteTest, ASessionThatEndsWithinASlotsLifeNeedsALook) {
  EXPECT_EQ(easy_ms(1'795'000'031, 1'795'000'001'500), "1795000000000");
  EXPECT_EQ(easy_ms(1'795'000'032, 1'795'000'001'500), "1795000000500");
}

TEST(SlotWriteTest, TimesThatDoNotCompareAsTextAlwaysNeedALook) {
  EXPECT_EQ(easy_ms(999'999'999, 1'795'000'001'500), "0");
  EXPECT_EQ(easy_ms(1'800'000'000, 999'999'999'999), "0");
  EXPECT_EQ(easy_ms(10'000'000'000, 1'795'000'001'500), "0");
  EXPECT_EQ(easy_ms(1'800'000'000, 10'000'000'000'000), "0");
  EXPECT_EQ(easy_ms(greatest, 1'795'000'001'500), "0");
  EXPECT_EQ(easy_ms(1, 1'795'000'001'500), "0");
}

} // namespace
