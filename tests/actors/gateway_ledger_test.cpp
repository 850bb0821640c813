#include "obol/internal/gateway_ledger.hpp"

#include <caf/optional.hpp>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace obol::test {
namespace {

using namespace std::chrono_literals;
using internal::gateway_ledger;
using internal::instant;

constexpr instant start = instant{} + 1h;

/// A process on some machine.
caf::node_id peer(std::uint32_t number) {
  return *caf::make_node_id(number, std::string(40, 'a'));
}

gateway_limits limits(std::size_t whole, std::size_t each) {
  gateway_limits result;
  result.max_in_flight = whole;
  result.max_in_flight_per_peer = each;
  return result;
}

gateway_ledger::refusal ask(gateway_ledger& x, std::uint32_t who,
                            instant when = start) {
  return x.admit(peer(who), {}, when).refusal;
}

using refusal = gateway_ledger::refusal;

TEST(GatewayLedgerTest, PeerMayHaveSoManyUnderWay) {
  gateway_ledger x{limits(10, 2), 1};
  auto first = x.admit(peer(1), {}, start);
  EXPECT_EQ(ask(x, 1), refusal::none);
  EXPECT_EQ(ask(x, 1), refusal::peer_full);
  EXPECT_EQ(ask(x, 2), refusal::none);

  x.settle(first.ticket);
  EXPECT_EQ(ask(x, 1), refusal::none);
}

TEST(GatewayLedgerTest, AllPeersTogetherMayHaveSoMany) {
  gateway_ledger x{limits(2, 2), 1};
  EXPECT_EQ(ask(x, 1), refusal::none);
  EXPECT_EQ(ask(x, 2), refusal::none);
  EXPECT_EQ(ask(x, 3), refusal::node_full);
  EXPECT_EQ(x.in_flight(), 2u);
}

TEST(GatewayLedgerTest, RequestIsSettledOnce) {
  gateway_ledger x{limits(2, 2), 1};
  auto pass = x.admit(peer(1), {nullptr, caf::make_message_id(7)}, start);
  auto guest = x.settle(pass.ticket);
  ASSERT_TRUE(guest);
  EXPECT_EQ(guest->request, caf::make_message_id(7));
  EXPECT_FALSE(x.settle(pass.ticket));
  EXPECT_EQ(x.in_flight(), 0u);
}

TEST(GatewayLedgerTest, PeerIsHeldToItsRate) {
  auto slow = limits(100, 100);
  slow.max_rate_per_peer = 10;
  gateway_ledger x{slow, 1};
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(ask(x, 1), refusal::none);
  EXPECT_EQ(ask(x, 1), refusal::peer_too_fast);
  EXPECT_EQ(ask(x, 2), refusal::none);
  EXPECT_EQ(ask(x, 1, start + 100ms), refusal::none);
  EXPECT_EQ(ask(x, 1, start + 100ms), refusal::peer_too_fast);
}

TEST(GatewayLedgerTest, NodeIsHeldToItsRate) {
  auto slow = limits(100, 100);
  slow.max_rate = 2;
  gateway_ledger x{slow, 1};
  EXPECT_EQ(ask(x, 1), refusal::none);
  EXPECT_EQ(ask(x, 2), refusal::none);
  EXPECT_EQ(ask(x, 3), refusal::node_too_fast);
  EXPECT_EQ(ask(x, 3, start + 500ms), refusal::none);
}

TEST(GatewayLedgerTest, PeersThatComeAndGoLeaveNothingBehind) {
  auto few = limits(10, 10);
  few.max_peers = 2;
  gateway_ledger x{few, 1};
  auto stays = x.admit(peer(1), {}, start);
  for (std::uint32_t i = 2; i < 1000; ++i) {
    auto pass = x.admit(peer(i), {}, start + i * 1s);
    ASSERT_TRUE(x.settle(pass.ticket));
    EXPECT_LE(x.peers(), 4u);
  }
  // One with something under way is known still.
  EXPECT_TRUE(x.settle(stays.ticket));
}

TEST(GatewayLedgerTest, EveryRefusalNamesItsOption) {
  for (auto one : {refusal::node_full, refusal::peer_full,
                   refusal::node_too_fast, refusal::peer_too_fast})
    EXPECT_EQ(std::string{to_string(one)}.substr(0, 7), "limits.");
}

} // namespace
} // namespace obol::test
