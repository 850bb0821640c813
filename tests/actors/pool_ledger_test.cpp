#include "obol/internal/pool_ledger.hpp"

#include <gtest/gtest.h>

#include <map>
#include <vector>

namespace {

using namespace std::chrono_literals;
using obol::pool_phase;
using obol::internal::instant;
using obol::internal::pool_ledger;

constexpr auto burst = pool_ledger::routing_burst;

const instant start{};

pool_ledger::limits small() {
  pool_ledger::limits result;
  result.size = 3;
  result.max_overflow = 2;
  result.max_in_flight = 64;
  result.overflow_linger = 30s;
  return result;
}

class PoolLedgerTest : public testing::Test {
protected:
  /// Connections that are up.
  void open(std::uint32_t count, bool overflow = false) {
    for (std::uint32_t i = 0; i < count; ++i)
      ledger.on_up(ledger.add(overflow), start);
  }

  void limit_in_flight(std::uint32_t count) {
    auto bounds = small();
    bounds.max_in_flight = count;
    ledger = pool_ledger{bounds};
  }

  std::map<pool_ledger::slot_id, int> checkout(std::uint32_t times) {
    std::map<pool_ledger::slot_id, int> result;
    for (std::uint32_t i = 0; i < times; ++i)
      if (auto slot = ledger.checkout())
        ++result[*slot];
    return result;
  }

  pool_ledger ledger{small()};
};

using counted = std::map<pool_ledger::slot_id, int>;

// -- whose turn it is ---------------------------------------------------------

TEST_F(PoolLedgerTest, TurnPassesAfterABurst) {
  open(3);
  EXPECT_EQ(checkout(burst), (counted{{0, burst}}));
  EXPECT_EQ(checkout(burst), (counted{{1, burst}}));
  EXPECT_EQ(checkout(burst), (counted{{2, burst}}));
  EXPECT_EQ(checkout(burst), (counted{{0, burst}}));
}

TEST_F(PoolLedgerTest, RoundRobinIsFairOverWholeRounds) {
  open(3);
  int each = 2 * burst;
  EXPECT_EQ(checkout(6 * burst), (counted{{0, each}, {1, each}, {2, each}}));
  EXPECT_EQ(ledger.counts().routed,
            (std::vector<std::uint64_t>{2 * burst, 2 * burst, 2 * burst}));
}

TEST_F(PoolLedgerTest, ReturningAtOnceDoesNotHoldTheTurn) {
  // One request at a time still visits every connection.
  open(3);
  counted visited;
  for (std::uint32_t i = 0; i < 3 * burst; ++i) {
    auto slot = ledger.checkout();
    ASSERT_TRUE(slot);
    ++visited[*slot];
    ledger.checkin(*slot, 1, start);
  }
  int each = burst;
  EXPECT_EQ(visited, (counted{{0, each}, {1, each}, {2, each}}));
}

TEST_F(PoolLedgerTest, FullConnectionLosesItsTurnAtOnce) {
  limit_in_flight(2);
  open(3);
  EXPECT_EQ(checkout(6), (counted{{0, 2}, {1, 2}, {2, 2}}));
  EXPECT_FALSE(ledger.checkout());

  ledger.checkin(1, 1, start);

  EXPECT_EQ(checkout(2), (counted{{1, 1}}));
}

TEST_F(PoolLedgerTest, ConnectionThatIsNotReadyGetsNothing) {
  auto connecting = ledger.add(false);
  open(1);
  auto visited = checkout(4 * burst);
  EXPECT_EQ(visited.count(connecting), 0u);

  ledger.on_up(connecting, start);
  EXPECT_EQ(checkout(2 * burst).count(connecting), 1u);

  ledger.on_down(connecting);
  EXPECT_EQ(checkout(2 * burst).count(connecting), 0u);
}

TEST_F(PoolLedgerTest, NobodyIsReadyAtFirst) {
  EXPECT_FALSE(ledger.checkout());
  EXPECT_FALSE(ledger.any_ready());
  ledger.add(false);
  EXPECT_FALSE(ledger.checkout());
  EXPECT_FALSE(ledger.any_ready());
}

// -- how much is in flight ----------------------------------------------------

TEST_F(PoolLedgerTest, NoConnectionCarriesMoreThanItsBound) {
  limit_in_flight(3);
  open(2);
  EXPECT_EQ(checkout(100), (counted{{0, 3}, {1, 3}}));
  EXPECT_EQ(ledger.counts().in_flight, 6u);
}

TEST_F(PoolLedgerTest, InFlightOfOneIsExclusive) {
  limit_in_flight(1);
  open(2);
  EXPECT_EQ(checkout(3), (counted{{0, 1}, {1, 1}}));
}

TEST_F(PoolLedgerTest, CheckinsAreCountedTogether) {
  limit_in_flight(4);
  open(1);
  checkout(4);
  ledger.checkin(0, 3, start);
  EXPECT_EQ(ledger.counts().in_flight, 1u);
  EXPECT_EQ(checkout(10), (counted{{0, 3}}));
}

TEST_F(PoolLedgerTest, StaleCheckinMakesNoRoomThatIsNotThere) {
  limit_in_flight(2);
  open(1);
  ledger.checkin(0, 5, start);
  EXPECT_EQ(checkout(10), (counted{{0, 2}}));
}

TEST_F(PoolLedgerTest, RequestsOfALostConnectionAreCheckedInOnce) {
  // Given a connection that goes down with two requests in flight
  limit_in_flight(2);
  open(1);
  checkout(2);
  ledger.on_down(0);

  // When it reports that both have left, and comes up again
  ledger.checkin(0, 2, start);
  ledger.on_up(0, start);

  // Then there is room for two, not four.
  EXPECT_EQ(checkout(10), (counted{{0, 2}}));
}

// -- overflow -----------------------------------------------------------------

TEST_F(PoolLedgerTest, OverflowNeverExceedsItsBound) {
  open(3);
  EXPECT_TRUE(ledger.may_overflow());
  ledger.add(true);
  EXPECT_TRUE(ledger.may_overflow());
  ledger.add(true);
  // Those that are still connecting count.
  EXPECT_FALSE(ledger.may_overflow());
  EXPECT_EQ(ledger.counts().overflow, 2u);
}

TEST_F(PoolLedgerTest, ClosingOverflowCountsUntilItIsGone) {
  ledger.add(true);
  auto second = ledger.add(true);
  ledger.on_draining(second);
  EXPECT_FALSE(ledger.may_overflow());
  ledger.remove(second);
  EXPECT_TRUE(ledger.may_overflow());
  EXPECT_TRUE(ledger.has_overflow());
}

TEST_F(PoolLedgerTest, OverflowIsNotPermanent) {
  open(2);
  open(1, true);
  EXPECT_EQ(ledger.permanent(), 2u);
  EXPECT_TRUE(ledger.has_overflow());
}

TEST_F(PoolLedgerTest, OverflowHasOnlyWhatOthersHaveNoRoomFor) {
  limit_in_flight(2);
  open(2);
  open(1, true);
  EXPECT_EQ(checkout(4), (counted{{0, 2}, {1, 2}}));
  EXPECT_EQ(checkout(1), (counted{{2, 1}}));
}

TEST_F(PoolLedgerTest, OverflowGoesThoughTheLoadStays) {
  // Given an overflow connection that was needed once
  open(3);
  open(1, true);

  // When there is load all the time, for which the others have room
  for (auto passed = 0s; passed < 30s; passed += 1s)
    for (auto& [slot, count] : checkout(4 * burst))
      ledger.checkin(slot, static_cast<std::uint32_t>(count), start + passed);

  // Then it is retired all the same.
  EXPECT_EQ(ledger.retire_lingering(start + 30s), 3u);
}

TEST_F(PoolLedgerTest, OverflowLingersFromItsLastRequest) {
  open(1, true);
  ledger.checkout();
  EXPECT_FALSE(ledger.retire_lingering(start + 60s));

  ledger.checkin(0, 1, start + 60s);

  EXPECT_FALSE(ledger.retire_lingering(start + 90s - 1ms));
  EXPECT_EQ(ledger.retire_lingering(start + 90s), 0u);
}

TEST_F(PoolLedgerTest, OverflowThatWasNeverUsedLingersToo) {
  open(1, true);
  EXPECT_EQ(ledger.retire_lingering(start + 30s), 0u);
}

TEST_F(PoolLedgerTest, RenewalDoesNotRestartTheLinger) {
  // Given an overflow connection that is renewed before it has lingered
  open(1, true);
  ledger.on_down(0);
  ledger.on_up(0, start + 20s);

  // Then its time is up when it would have been without that.
  EXPECT_FALSE(ledger.retire_lingering(start + 30s - 1ms));
  EXPECT_EQ(ledger.retire_lingering(start + 30s), 0u);
}

TEST_F(PoolLedgerTest, NewTenantLingersFromItsOwnBeginning) {
  open(1, true);
  ledger.remove(0);
  ledger.on_up(ledger.add(true), start + 20s);
  EXPECT_FALSE(ledger.retire_lingering(start + 50s - 1ms));
  EXPECT_EQ(ledger.retire_lingering(start + 50s), 0u);
}

TEST_F(PoolLedgerTest, PermanentConnectionsDoNotLinger) {
  open(3);
  EXPECT_FALSE(ledger.retire_lingering(start + 3600s));
}

TEST_F(PoolLedgerTest, ConnectionIsToldToCloseOnce) {
  open(1, true);
  EXPECT_TRUE(ledger.retire_lingering(start + 30s));
  EXPECT_FALSE(ledger.retire_lingering(start + 30s));
}

// -- ends ---------------------------------------------------------------------

TEST_F(PoolLedgerTest, DrainingConnectionGetsNoMoreRequests) {
  open(2);
  ledger.on_draining(0);
  EXPECT_EQ(checkout(20), (counted{{1, 20}}));

  // Not even after the signs of life it still had under way.
  ledger.on_up(0, start);
  ledger.on_down(0);
  ledger.on_up(0, start);
  EXPECT_EQ(checkout(20), (counted{{1, 20}}));
}

TEST_F(PoolLedgerTest, SlotOfARemovedConnectionIsUsedAgain) {
  open(3);
  checkout(3);
  ledger.remove(1);
  EXPECT_FALSE(ledger.has_slot(1));

  EXPECT_EQ(ledger.add(false), 1u);

  EXPECT_TRUE(ledger.has_slot(1));
  EXPECT_EQ(ledger.permanent(), 3u);
  EXPECT_EQ(ledger.counts().connecting, 1u);
}

TEST_F(PoolLedgerTest, NewTenantStartsEmpty) {
  limit_in_flight(2);
  open(1, true);
  checkout(2);
  ledger.remove(0);

  ledger.on_up(ledger.add(false), start);

  EXPECT_EQ(ledger.counts().in_flight, 0u);
  EXPECT_FALSE(ledger.has_overflow());
  EXPECT_EQ(checkout(10), (counted{{0, 2}}));
}

TEST_F(PoolLedgerTest, RoutedIsCountedBySlotAcrossTenants) {
  open(1);
  checkout(2);
  ledger.remove(0);
  open(1);
  checkout(1);
  EXPECT_EQ(ledger.counts().routed, (std::vector<std::uint64_t>{3}));
}

TEST_F(PoolLedgerTest, SlotThatNeverWasIsNone) {
  EXPECT_FALSE(ledger.has_slot(0));
  EXPECT_FALSE(ledger.has_slot(7));
}

// -- what is told -------------------------------------------------------------

TEST_F(PoolLedgerTest, PhaseIsWhatTheNextRequestMeets) {
  limit_in_flight(1);
  EXPECT_EQ(ledger.phase(), pool_phase::not_ready);
  ledger.add(false);
  EXPECT_EQ(ledger.phase(), pool_phase::not_ready);
  ledger.on_up(0, start);
  EXPECT_EQ(ledger.phase(), pool_phase::ready);

  // No room left, but overflow may be opened.
  checkout(1);
  EXPECT_EQ(ledger.phase(), pool_phase::ready);
  open(1, true);
  EXPECT_EQ(ledger.phase(), pool_phase::overflow);
  ledger.add(true);
  checkout(1);
  EXPECT_EQ(ledger.phase(), pool_phase::full);
  ledger.checkin(0, 1, start);
  EXPECT_EQ(ledger.phase(), pool_phase::overflow);
}

TEST_F(PoolLedgerTest, CountsTellIdleFromBusyFromConnecting) {
  open(3);
  ledger.add(false);
  checkout(burst + 1);
  auto counts = ledger.counts();
  EXPECT_EQ(counts.busy, 2u);
  EXPECT_EQ(counts.idle, 1u);
  EXPECT_EQ(counts.connecting, 1u);
  EXPECT_EQ(counts.in_flight, burst + 1);
  EXPECT_EQ(counts.waiting, 0u);
}

} // namespace
