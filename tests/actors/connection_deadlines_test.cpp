#include "connection_fixture.hpp"

namespace obol::test {
namespace {

using namespace std::chrono_literals;
using ending = memory_network::ending;

TEST_F(ConnectionTest, WhenNothingComesTheUpsertIsUnknownOnceByItsDeadline) {
  sim.network->hold_replies(true);
  auto before = sim.now();
  auto stored = sim.upsert(sim.sample());
  sim.advance(3s);

  EXPECT_EQ(stored.code(), ec::outcome_unknown);
  EXPECT_GE(stored.at(), before + 2s);
  EXPECT_LE(stored.at(), before + 2s + 25ms);

  // The token tells the truth later.
  auto token = token_of(stored.error());
  ASSERT_TRUE(token);
  sim.network->hold_replies(false);
  sim.advance(15s);
  auto resolved = sim.resolve(*token);
  sim.run();
  EXPECT_EQ(resolved.value(), resolution::applied);
  EXPECT_EQ(sim.server.writes, 1u);
}

TEST_F(ConnectionTest, UpsertThatNeverArrivedIsResolvedToNotApplied) {
  sim.network->pause_server(true);
  auto stored = sim.upsert(sim.sample(), 400ms);
  sim.advance(450ms);
  ASSERT_EQ(stored.code(), ec::outcome_unknown);

  // The connection stalls and is reset, so nothing arrives later.
  sim.advance(200ms);
  sim.network->pause_server(false);
  sim.advance(5s);

  auto resolved = sim.resolve(*token_of(stored.error()));
  sim.run();
  EXPECT_EQ(resolved.value(), resolution::not_applied);
  EXPECT_EQ(sim.server.writes, 0u);
}

TEST_F(ConnectionTest, PartOfAnUpsertOnTheWayIsEnoughToBeInDoubt) {
  // Given a server that reads nothing, so that the socket is soon full
  sim.network->pause_server(true);
  sim.network->limit_send(7);

  // When two upserts wait until their deadlines
  auto begun = sim.upsert(sim.sample("a"), 300ms);
  auto unsent = sim.upsert(sim.sample("b"), 300ms);
  sim.advance(350ms);

  // Then only of the one that begins on the way nobody knows.
  EXPECT_EQ(begun.code(), ec::outcome_unknown);
  EXPECT_EQ(unsent.code(), ec::deadline_exceeded);
}

TEST_F(ConnectionTest, WhenTimeToWriteIsOverItAsksBeforeTheDeadline) {
  // Given an upsert that was applied unheard
  sim.network->hold_replies(true);
  auto stored = sim.upsert(sim.sample());
  sim.advance(1400ms);

  // When the server is heard again after the time to write, before the deadline
  sim.advance(150ms);
  sim.network->drop_all(ending::broken);
  sim.network->hold_replies(false);
  sim.advance(440ms);

  // Then nobody is left in doubt.
  EXPECT_EQ(stored.value().lock_version, 1);
  EXPECT_EQ(sim.server.writes, 1u);
}

TEST_F(ConnectionTest, EarlyAnswerKeepsTheOrderOfReplies) {
  // Given a read with a short deadline ahead of one with a long one
  sim.upsert(sim.sample("b"));
  sim.run();
  sim.network->hold_replies(true);
  auto before = sim.now();
  auto a = sim.get("a", 100ms);
  auto b = sim.get("b");
  sim.advance(150ms);
  EXPECT_EQ(a.code(), ec::deadline_exceeded);
  EXPECT_LE(a.at(), before + 125ms);
  EXPECT_FALSE(b.is_here());

  // When both replies come
  sim.network->hold_replies(false);
  sim.run();

  // Then the first is dropped in its place.
  EXPECT_EQ(b.value().session->id, "b");
  EXPECT_EQ(sim.network->ended_by_client(first), client_end::none);
  EXPECT_EQ(sim.status().pool.in_flight, 0u);
}

TEST_F(ConnectionTest, RequestThatWasGivenUpIsNotSentAgain) {
  // Given two reads that were answered at their deadlines
  sim.server.instead = [](auto& request) -> std::optional<std::string> {
    if (request.at(0) == "HGET")
      return resp::error("LOADING Redis is loading the dataset in memory");
    return std::nullopt;
  };
  sim.network->hold_replies(true);
  auto a = sim.get("a", 100ms);
  auto b = sim.get("b", 100ms);
  sim.advance(150ms);
  ASSERT_EQ(b.code(), ec::deadline_exceeded);

  // When the first is turned away after that, and the second lost
  sim.network->release_bytes(first, 48);
  sim.run();
  sim.network->drop(first, ending::broken);
  sim.network->hold_replies(false);
  sim.advance(1s);

  // Then neither is tried again for nobody.
  EXPECT_EQ(sim.redis->count("HGET"), 2u);
}

TEST_F(ConnectionTest, DeadlineThatComesBeforeThoseAheadIsKept) {
  // Given requests whose deadlines come in the opposite order
  sim.network->hold_replies(true);
  auto before = sim.now();
  auto late = sim.get("a", 450ms);
  auto soon = sim.get("a", 300ms);
  auto next = sim.get("a", 100ms);
  sim.advance(460ms);

  // Then each is answered at its own.
  for (auto& [call, deadline] :
       {std::pair{&next, 100ms}, {&soon, 300ms}, {&late, 450ms}}) {
    EXPECT_EQ(call->code(), ec::deadline_exceeded);
    EXPECT_GE(call->at(), before + deadline);
    EXPECT_LE(call->at(), before + deadline + 10ms);
  }
}

TEST_F(ConnectionTest, BusyConnectionIsLookedAtOnlyWhenSomethingMayBeDue) {
  // When a connection is busy for two seconds,
  auto before = sim.timeouts();
  for (int i = 0; i < 200; ++i) {
    sim.get("a");
    sim.advance(10ms);
  }

  // then it is looked at as often as it could have stalled, 500 ms after a
  // request, not at every request.
  EXPECT_LE(sim.timeouts() - before, 10u);
}

} // namespace
} // namespace obol::test
