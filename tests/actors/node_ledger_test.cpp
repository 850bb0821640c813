#include "obol/internal/node_ledger.hpp"

#include "obol/error.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace obol::test {
namespace {

using namespace std::chrono_literals;
using internal::instant;
using internal::node_ledger;
using phase = node_ledger::phase;
using task = node_ledger::task;

constexpr instant start = instant{} + 1h;

remote_options some_nodes(std::size_t count) {
  remote_options result;
  result.nodes.resize(count);
  result.connect_timeout = 2s;
  result.probe_interval = 500ms;
  result.progress_timeout = 1s;
  result.backoff_initial = 100ms;
  result.backoff_max = 400ms;
  return result;
}

node_report good_report(std::int64_t server_ms = 1000) {
  node_report result;
  result.status.phase = pool_phase::ready;
  result.server_ms = server_ms;
  result.recognises_copies = true;
  return result;
}

caf::error gone() {
  return caf::make_error(ec::unavailable, std::string{"gone"});
}

class NodeLedgerTest : public testing::Test {
protected:
  /// Tasks of one slot that are due.
  std::vector<task> due(node_ledger::slot_id slot, internal::duration passed) {
    std::vector<task> result;
    for (auto x : ledger_.due(start + passed))
      if (x.slot == slot)
        result.push_back(x.task);
    return result;
  }

  /// Connected and ready.
  void make_ready(node_ledger::slot_id slot, internal::duration passed = 0s) {
    ledger_.due(start + passed);
    ledger_.on_connected(slot, start + passed);
    ledger_.on_report(slot, good_report(), start + passed);
  }

  node_ledger ledger_{some_nodes(3)};
};

TEST_F(NodeLedgerTest, EveryNodeIsConnectedToAtOnce) {
  auto duties = ledger_.due(start);
  ASSERT_EQ(duties.size(), 3u);
  for (auto& x : duties)
    EXPECT_EQ(x.task, task::connect);
  EXPECT_TRUE(ledger_.due(start).empty());
}

TEST_F(NodeLedgerTest, NodeIsUsedOnlyAfterItsReport) {
  ledger_.due(start);
  ledger_.on_connected(1, start);
  EXPECT_FALSE(ledger_.choose(0));
  EXPECT_EQ(due(1, 0s), std::vector{task::probe});

  ledger_.on_report(1, good_report(), start);
  EXPECT_EQ(ledger_.choose(0), 1u);
}

TEST_F(NodeLedgerTest, ReadyNodesTakeTurns) {
  for (auto slot : {0u, 1u, 2u})
    make_ready(slot);
  std::vector<node_ledger::slot_id> turns;
  for (int i = 0; i < 6; ++i)
    turns.push_back(*ledger_.choose(0));
  EXPECT_EQ(turns, (std::vector<node_ledger::slot_id>{0, 1, 2, 0, 1, 2}));
}

TEST_F(NodeLedgerTest, NodesThatWereTriedAreLeftOut) {
  make_ready(0);
  make_ready(2);
  EXPECT_EQ(ledger_.choose(1), 2u);
  EXPECT_EQ(ledger_.choose(1), 2u);
  EXPECT_FALSE(ledger_.choose(1 | 4));
}

TEST_F(NodeLedgerTest, NodeThatCannotServeIsLeftOutUntilItReports) {
  make_ready(0);
  ledger_.on_refusal(0, gone());
  EXPECT_FALSE(ledger_.choose(0));

  auto not_ready = good_report();
  not_ready.status.phase = pool_phase::not_ready;
  ledger_.on_report(0, not_ready, start + 1s);
  EXPECT_FALSE(ledger_.choose(0));

  ledger_.on_report(0, good_report(), start + 2s);
  EXPECT_EQ(ledger_.choose(0), 0u);
}

TEST_F(NodeLedgerTest, ReportsAreAskedForOneAtATime) {
  make_ready(0);
  EXPECT_EQ(due(0, 0s), std::vector{task::probe});
  EXPECT_TRUE(due(0, 900ms).empty());
  ledger_.on_report(0, good_report(), start + 900ms);
  EXPECT_EQ(due(0, 900ms), std::vector{task::probe});
}

TEST_F(NodeLedgerTest, SilentNodeIsGivenUp) {
  make_ready(0);
  EXPECT_EQ(due(0, 0s), std::vector{task::probe});
  EXPECT_TRUE(due(0, 990ms).empty());
  EXPECT_EQ(due(0, 1s), std::vector{task::give_up});
}

TEST_F(NodeLedgerTest, AnswersAreSignsOfLife) {
  make_ready(0);
  EXPECT_EQ(due(0, 0s), std::vector{task::probe});
  ledger_.on_heard(0, start + 800ms);
  EXPECT_TRUE(due(0, 1700ms).empty());
  EXPECT_EQ(due(0, 1800ms), std::vector{task::give_up});
}

TEST_F(NodeLedgerTest, ConnectingMayTakeSoLong) {
  ledger_.due(start);
  EXPECT_TRUE(due(0, 1990ms).empty());
  EXPECT_EQ(due(0, 2s), std::vector{task::give_up});

  // The first report counts to it.
  ledger_.on_connected(1, start + 1s);
  EXPECT_EQ(due(1, 1s), std::vector{task::probe});
  EXPECT_EQ(due(1, 2s), std::vector{task::give_up});
}

TEST_F(NodeLedgerTest, LostNodeIsConnectedToAfterALongerPauseEachTime) {
  ledger_.due(start);
  auto when = start;
  for (auto bound : {100ms, 200ms, 400ms, 400ms}) {
    // Random bits that make the pause the longest there is.
    auto most = static_cast<std::uint64_t>(
      internal::duration{bound}.count() - 1);
    ledger_.on_lost(0, gone(), when, most);
    EXPECT_EQ(ledger_.phase_of(0), phase::resting);
    auto early = ledger_.due(when + bound - 1ms);
    for (auto& x : early)
      EXPECT_NE(x.slot, 0u);
    when += bound;
    ledger_.due(when);
    EXPECT_EQ(ledger_.phase_of(0), phase::connecting);
  }
  // A report ends the series.
  ledger_.on_connected(0, when);
  ledger_.on_report(0, good_report(), when);
  ledger_.on_lost(0, gone(), when, 0);
  ledger_.due(when + 1ms);
  EXPECT_EQ(ledger_.phase_of(0), phase::connecting);
}

TEST_F(NodeLedgerTest, NodeThatWasThereIsTriedAtTheShortestPauseForAWhile) {
  // Given a node that was ready until a moment ago
  make_ready(0);
  auto longest = ~std::uint64_t{0};
  auto lost = start + 5s;
  ledger_.on_lost(0, gone(), lost, longest);

  // When it cannot be reached, the pauses stay as short as the first,
  auto when = lost;
  while (when < lost + 9s) {
    when += 100ms;
    ledger_.due(when);
    ASSERT_EQ(ledger_.phase_of(0), phase::connecting);
    ledger_.on_lost(0, gone(), when, longest);
  }

  // but not for good.
  for (int i = 0; i < 20; ++i) {
    when += 100ms;
    ledger_.due(when);
    if (ledger_.phase_of(0) == phase::connecting)
      ledger_.on_lost(0, gone(), when, 100'000'000 - 1);
  }
  ledger_.due(when + 99ms);
  EXPECT_EQ(ledger_.phase_of(0), phase::resting);
}

TEST_F(NodeLedgerTest, OtherNameOfANodeRestsUntilThatIsLost) {
  // Given two slots that lead to one node
  make_ready(0);
  ledger_.on_alias(1, start);

  // Then the second is tried after the longest pause, whoever is in a hurry,
  // and is nobody's trouble.
  ledger_.hurry(start, 0);
  EXPECT_TRUE(due(1, 399ms).empty());
  EXPECT_EQ(due(1, 400ms), std::vector<task>{task::connect});
  EXPECT_EQ(ledger_.lost, 0u);
  EXPECT_NE(describe(ledger_.trouble()).find("no node is connected"),
            std::string::npos);

  // Nor is it when a third node cannot be reached.
  ledger_.on_alias(1, start + 400ms);
  ledger_.on_lost(2, gone(), start + 405ms, 0);
  EXPECT_TRUE(due(1, 406ms).empty());

  // When the node is lost meanwhile, it is tried at once.
  ledger_.on_lost(0, gone(), start + 410ms, 0);
  EXPECT_EQ(due(1, 410ms), std::vector<task>{task::connect});
}

TEST_F(NodeLedgerTest, HurryCutsPausesAndAsksThoseThatCouldNotServe) {
  // Given a node that rests for 400 ms, one that was asked a moment ago and
  // could not serve, and one that rests for 100 ms
  auto most = [](internal::duration bound) {
    return static_cast<std::uint64_t>(bound.count() - 1);
  };
  ledger_.due(start);
  for (auto bound : {100ms, 200ms})
    ledger_.on_lost(0, gone(), start, most(bound)), ledger_.due(start + bound);
  ledger_.on_lost(0, gone(), start + 200ms, most(400ms));
  make_ready(1, 200ms);
  due(1, 200ms);
  auto not_ready = good_report();
  not_ready.status.phase = pool_phase::not_ready;
  ledger_.on_report(1, not_ready, start + 200ms);

  // When calls wait
  ledger_.hurry(start + 200ms, most(50ms));

  // Then both are tried within the shortest pause, and not at once.
  EXPECT_TRUE(due(0, 240ms).empty());
  EXPECT_TRUE(due(1, 240ms).empty());
  auto duties = ledger_.due(start + 250ms);
  std::erase_if(duties, [](auto& x) { return x.slot == 2; });
  ASSERT_EQ(duties.size(), 2u);
  EXPECT_EQ(duties[0].task, task::connect);
  EXPECT_EQ(duties[1].task, task::probe);
}

TEST_F(NodeLedgerTest, RequestsWaitAMomentForTheLastNodeToComeBack) {
  EXPECT_FALSE(ledger_.may_serve(start));
  make_ready(0);
  EXPECT_TRUE(ledger_.may_serve(start));
  ledger_.on_lost(0, gone(), start + 5s, 0);
  EXPECT_TRUE(ledger_.may_serve(start + 5900ms));
  EXPECT_FALSE(ledger_.may_serve(start + 6s));
}

TEST_F(NodeLedgerTest, ServersClockIsThatOfTheReport) {
  EXPECT_EQ(ledger_.server_ms(0, start), 0);
  ledger_.due(start);
  ledger_.on_connected(0, start);
  ledger_.on_report(0, good_report(5'000), start);
  EXPECT_EQ(ledger_.server_ms(0, start + 250ms), 5'250);
}

TEST_F(NodeLedgerTest, WhatALostNodeStillSaysIsIgnored) {
  make_ready(0);
  ledger_.on_lost(0, gone(), start, 0);
  ledger_.on_report(0, good_report(), start);
  EXPECT_EQ(ledger_.phase_of(0), phase::resting);
  EXPECT_EQ(ledger_.lost, 1u);
}

} // namespace
} // namespace obol::test
