#include "obol/options.hpp"
#include "obol/remote_store.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support_actors/simulated_fleet.hpp"

namespace obol::test {
namespace {

using namespace std::chrono_literals;

class RemoteStoreTest : public ::testing::Test {
protected:
  simulated_fleet fleet{2};
  simulated_store& sim = fleet.sim;
};

// -- becoming ready -----------------------------------------------------------

TEST_F(RemoteStoreTest, UnavailableAtOnceUntilANodeIsThere) {
  fleet.start_client(simulated_fleet::client_options(2));
  sim.run();
  auto early = sim.get("sid");
  auto before = sim.now();
  sim.run();
  EXPECT_EQ(early.code(), ec::unavailable);
  EXPECT_EQ(early.at(), before);
  EXPECT_EQ(sim.status().phase, pool_phase::not_ready);

  auto ready = sim.wait_ready(10s);
  fleet.start_nodes();
  sim.advance(6s);
  EXPECT_EQ(ready.value().phase, pool_phase::ready);
  EXPECT_EQ(ready.value().server, "redis 8.0.2");
}

TEST_F(RemoteStoreTest, WaitingForReadinessEndsWithTheReason) {
  fleet.start_client(simulated_fleet::client_options(2));
  auto ready = sim.wait_ready(300ms);
  sim.advance(400ms);
  EXPECT_EQ(ready.code(), ec::unavailable);
  EXPECT_NE(describe(ready.error()).find("nobody is there"),
            std::string::npos);
}

TEST_F(RemoteStoreTest, OptionsThatBreakARuleStartNothing) {
  auto world = sim.environment();
  auto made
    = internal::connect_store(sim.system(), remote_options{}, sim.sink(),
                              fleet.nodes, world.clock, world.random);
  ASSERT_FALSE(made);
  EXPECT_EQ(code_of(made.error()), ec::invalid_argument);
}

// -- requests -----------------------------------------------------------------

TEST_F(RemoteStoreTest, IsAStoreLikeAnyOther) {
  fleet.start();
  auto stored = sim.upsert(sim.sample());
  sim.run();
  auto found = sim.get("sid");
  auto list = sim.get_all();
  sim.run();
  auto gone = sim.remove("sid");
  sim.run();
  auto revived = sim.upsert(stored.value());
  sim.run();

  EXPECT_EQ(stored.value().lock_version, 1);
  EXPECT_EQ(found.value().session, stored.value());
  EXPECT_EQ(list.value().sessions.size(), 1u);
  EXPECT_EQ(gone.value().count, 1);
  EXPECT_EQ(revived.code(), ec::gone);
}

TEST_F(RemoteStoreTest, RequestThatBreaksARuleNeverLeaves) {
  fleet.start();
  auto before = fleet.nodes->arrived();
  auto odd_id = sim.get("l.sid");
  auto negative = sim.get("sid", -1s);
  auto late = sim.get("sid", 11s);
  sim.run();
  EXPECT_EQ(odd_id.code(), ec::invalid_argument);
  EXPECT_EQ(negative.code(), ec::invalid_argument);
  EXPECT_EQ(late.code(), ec::invalid_argument);
  EXPECT_EQ(fleet.nodes->arrived(), before);
}

TEST_F(RemoteStoreTest, RequestThatFitsNoFrameNeverLeaves) {
  fleet.start();
  auto large = sim.sample();
  large.extra_payload.set("x", std::string(max_session_limit, 'x'));
  resolution_token long_id;
  long_id.key = large.key();
  long_id.operation_id.assign(65, 'x');
  auto before = fleet.nodes->arrived();
  auto upsert = sim.upsert(large);
  auto resolve = sim.resolve(long_id);
  sim.run();
  EXPECT_EQ(upsert.code(), ec::invalid_argument);
  EXPECT_NE(describe(upsert.error()).find("2097152"), std::string::npos);
  EXPECT_EQ(resolve.code(), ec::invalid_argument);
  EXPECT_EQ(fleet.nodes->arrived(), before);
}

TEST_F(RemoteStoreTest, NodeSaysWhatIsTooLargeForIt) {
  // Given a session that others may be told to take
  fleet.start();
  auto large = sim.sample();
  large.extra_payload.set("x", std::string(max_session_limit - 1000, 'x'));
  auto before = fleet.nodes->arrived();
  auto call = sim.upsert(large);
  sim.run();
  EXPECT_EQ(fleet.nodes->arrived(), before + 1);
  EXPECT_EQ(call.code(), ec::invalid_argument);
  EXPECT_NE(describe(call.error()).find("max_session_bytes"),
            std::string::npos);
}

TEST_F(RemoteStoreTest, RequestsAreSpreadOverTheNodes) {
  fleet.start();
  sim.network->pause_server(true);
  for (int i = 0; i < 10; ++i)
    sim.get("sid");
  sim.run();
  EXPECT_EQ(fleet.desk(0).in_flight(), 5u);
  EXPECT_EQ(fleet.desk(1).in_flight(), 5u);
  sim.network->pause_server(false);
}

TEST_F(RemoteStoreTest, SoManyCallsAreUnderWayAndNoMore) {
  auto settings = simulated_fleet::client_options(2);
  settings.max_in_flight = 3;
  fleet.start_nodes();
  fleet.start_client(settings);
  sim.advance(50ms);
  sim.network->pause_server(true);
  std::vector<outcome<get_answer>> calls;
  for (int i = 0; i < 4; ++i)
    calls.push_back(sim.get("sid"));
  sim.run();
  EXPECT_EQ(calls[3].code(), ec::overloaded);
  EXPECT_FALSE(calls[2].is_here());
  EXPECT_EQ(sim.status().pool.in_flight, 3u);

  sim.network->pause_server(false);
  sim.run();
  for (int i = 0; i < 3; ++i)
    EXPECT_FALSE(calls[static_cast<std::size_t>(i)].value().session);
  auto next = sim.get("sid");
  sim.run();
  EXPECT_TRUE(next.is_here());
}

TEST_F(RemoteStoreTest, ReportsTakeNoRoomFromCalls) {
  // Given room for one call, and nodes that owe a report each
  auto settings = simulated_fleet::client_options(2);
  settings.max_in_flight = 1;
  fleet.start_nodes();
  fleet.start_client(settings);
  sim.advance(50ms);
  fleet.nodes->stall(simulated_fleet::port(0), true);
  sim.advance(600ms);
  // Both calls are made in turn at the node that moves.
  for (int i = 0; i < 2; ++i) {
    auto call = sim.get("sid");
    sim.advance(1500ms);
    EXPECT_FALSE(call.value().session);
  }
  fleet.nodes->stall(simulated_fleet::port(0), false);
}

// -- nodes that cannot serve --------------------------------------------------

TEST_F(RemoteStoreTest, NodeWithoutItsServerIsFollowedByAnother) {
  // Given a node whose store has stopped, and another
  fleet.start();
  caf::anon_send_exit(fleet.node_store(0), caf::exit_reason::user_shutdown);
  sim.run();

  // When there are many calls, none of them hears of it,
  std::vector<outcome<session>> calls;
  for (int i = 0; i < 6; ++i)
    calls.push_back(sim.upsert(sim.sample("s" + std::to_string(i))));
  sim.run();
  for (auto& x : calls)
    EXPECT_EQ(x.value().lock_version, 1);

  // and the node is not asked in vain again and again.
  EXPECT_EQ(sim.status().pool.idle, 1u);
}

TEST_F(RemoteStoreTest, DrainingNodeLosesNoCall) {
  fleet.start();
  sim.network->pause_server(true);
  std::vector<outcome<get_answer>> calls;
  for (int i = 0; i < 4; ++i)
    calls.push_back(sim.get("sid"));
  sim.run();
  fleet.desk(0).draining = true;
  for (int i = 0; i < 4; ++i)
    calls.push_back(sim.get("sid"));
  sim.run();
  sim.network->pause_server(false);
  sim.run();
  for (auto& x : calls)
    EXPECT_FALSE(x.value().session);
  EXPECT_EQ(fleet.desk(0).in_flight(), 0u);
}

TEST_F(RemoteStoreTest, AllNodesRefusingEndsTheCallAtOnce) {
  // Given nodes that take one request at a time, and have it
  simulated_fleet full{2, gateway_limits{1}};
  full.start();
  full.sim.network->pause_server(true);
  for (int i = 0; i < 2; ++i)
    full.sim.get("sid");
  full.sim.run();

  // When there is one more, it hears of that at once.
  auto before = full.sim.now();
  auto call = full.sim.upsert(full.sim.sample());
  full.sim.run();
  EXPECT_EQ(call.code(), ec::overloaded);
  EXPECT_EQ(call.at(), before);
  full.sim.network->pause_server(false);
}

TEST_F(RemoteStoreTest, AllNodesStoppingIsWaitedForLikeNoNode) {
  // Given nodes that are all stopping
  fleet.start();
  for (auto i : {0u, 1u})
    fleet.desk(i).draining = true;
  auto call = sim.upsert(sim.sample());
  sim.advance(500ms);
  auto later = sim.get("sid");
  sim.run();
  EXPECT_FALSE(call.is_here());
  EXPECT_FALSE(later.is_here());
  EXPECT_EQ(sim.status().pool.waiting, 2u);

  // When they end, and one of them comes back
  for (auto i : {0u, 1u})
    fleet.nodes->kill(simulated_fleet::port(i));
  sim.run();
  fleet.start_node(0);
  sim.advance(150ms);

  // Then it has the calls.
  EXPECT_EQ(call.value().lock_version, 1);
  EXPECT_TRUE(later.is_here());
  EXPECT_TRUE(later.value().session);
}

TEST_F(RemoteStoreTest, StoppedNodesThatStayAwayEndCallsInTimeAndThenAtOnce) {
  fleet.start();
  for (auto i : {0u, 1u})
    fleet.desk(i).draining = true;
  auto begun = sim.now();
  auto call = sim.upsert(sim.sample(), 700ms);
  sim.advance(1500ms);
  EXPECT_EQ(call.code(), ec::deadline_exceeded);
  EXPECT_LE(call.at(), begun + 725ms);

  auto late = sim.get("sid");
  auto before = sim.now();
  sim.run();
  EXPECT_EQ(late.code(), ec::unavailable);
  EXPECT_EQ(late.at(), before);
}

TEST_F(RemoteStoreTest, RestartOfOneNodeRightAfterAnotherLosesNoCall) {
  fleet.start();
  for (int round = 0; round < 6; ++round) {
    // Given a node that drains, ends and takes its time to come back
    auto node = static_cast<std::size_t>(round % 2);
    auto at = simulated_fleet::port(node);
    fleet.desk(node).draining = true;
    sim.get("sid");
    sim.run();
    fleet.nodes->kill(at);
    sim.advance(7s);
    fleet.start_node(node);
    sim.run();

    // when the other one drains at once, before any client has looked,
    fleet.desk(1 - node).draining = true;
    auto call = sim.get("sid");
    sim.advance(150ms);

    // then a call finds the one that came back.
    ASSERT_TRUE(call.is_here()) << "in round " << round;
    EXPECT_FALSE(call.value().session);
    fleet.desk(1 - node).draining = false;
    sim.advance(1s);
  }
}

TEST_F(RemoteStoreTest, WaitingCallsFindANodeThatWasAwayForLong) {
  // Given a node that was away so long that it is tried every 5 s at most
  fleet.start();
  fleet.nodes->kill(simulated_fleet::port(0));
  sim.advance(60s);
  fleet.start_node(0);
  sim.run();

  // When the other one stops
  fleet.nodes->kill(simulated_fleet::port(1));
  sim.run();
  auto call = sim.get("sid");
  sim.advance(150ms);

  // Then calls need not wait for that.
  ASSERT_TRUE(call.is_here());
  EXPECT_FALSE(call.value().session);
}

// -- lost nodes ---------------------------------------------------------------

TEST_F(RemoteStoreTest, CallsOfALostNodeGoToAnother) {
  fleet.start();
  sim.network->pause_server(true);
  std::vector<outcome<get_answer>> calls;
  for (int i = 0; i < 6; ++i)
    calls.push_back(sim.get("sid"));
  sim.run();

  fleet.nodes->kill(simulated_fleet::port(0));
  sim.run();
  EXPECT_EQ(fleet.desk(1).in_flight(), 6u);

  sim.network->pause_server(false);
  sim.run();
  for (auto& x : calls)
    EXPECT_FALSE(x.value().session);
}

TEST_F(RemoteStoreTest, UpsertOfALostNodeIsRecognisedThroughAnother) {
  // Given an upsert that took effect, whose answer does not come
  fleet.start();
  sim.network->hold_replies(true);
  auto call = sim.upsert(sim.sample());
  sim.run();
  ASSERT_EQ(sim.server.writes, 1u);
  ASSERT_FALSE(call.is_here());

  // When its node is lost
  auto by_first = fleet.desk(0).in_flight() > 0;
  fleet.nodes->kill(simulated_fleet::port(by_first ? 0 : 1));
  sim.network->hold_replies(false);
  sim.run();

  // Then it succeeds, and was written once.
  EXPECT_EQ(call.value().lock_version, 1);
  EXPECT_EQ(sim.server.writes, 1u);
}

TEST_F(RemoteStoreTest, SilentNodeIsNoticedAndItsCallsAreAnsweredInTime) {
  fleet.start();
  fleet.nodes->stall(simulated_fleet::port(0), true);
  std::vector<outcome<session>> calls;
  for (int i = 0; i < 6; ++i)
    calls.push_back(sim.upsert(sim.sample("s" + std::to_string(i))));
  sim.advance(1900ms);
  for (auto& x : calls)
    EXPECT_EQ(x.value().lock_version, 1);
  EXPECT_EQ(sim.status().pool.idle, 1u);

  // What it does when it goes on changes nothing.
  auto writes = sim.server.writes;
  fleet.nodes->stall(simulated_fleet::port(0), false);
  sim.run();
  EXPECT_EQ(sim.server.writes, writes);
  sim.advance(6s);
  EXPECT_EQ(sim.status().pool.idle, 2u);
}

TEST_F(RemoteStoreTest, NodeThatComesBackIsUsedAgain) {
  fleet.start();
  fleet.nodes->kill(simulated_fleet::port(0));
  sim.run();
  EXPECT_EQ(sim.status().pool.idle, 1u);
  fleet.start_node(0);
  sim.advance(1s);
  EXPECT_EQ(sim.status().pool.idle, 2u);
  EXPECT_EQ(fleet.nodes->links(), 2u);
}

TEST_F(RemoteStoreTest, CallsWaitAMomentForTheOnlyNodeToComeBack) {
  fleet.start();
  fleet.nodes->kill(simulated_fleet::port(0));
  fleet.nodes->kill(simulated_fleet::port(1));
  sim.run();
  auto call = sim.upsert(sim.sample());
  sim.advance(50ms);
  EXPECT_FALSE(call.is_here());
  fleet.start_node(0);
  sim.advance(1s);
  EXPECT_EQ(call.value().lock_version, 1);
}

TEST_F(RemoteStoreTest, LongOutageIsToldAtOnceAndInTheNodesWords) {
  fleet.start();
  fleet.nodes->kill(simulated_fleet::port(0));
  fleet.nodes->kill(simulated_fleet::port(1));
  sim.advance(2s);
  auto call = sim.get("sid");
  auto before = sim.now();
  sim.run();
  EXPECT_EQ(call.code(), ec::unavailable);
  EXPECT_EQ(call.at(), before);
}

// -- what nobody can tell -----------------------------------------------------

TEST_F(RemoteStoreTest, DoubtIsToldAtTheDeadlineAndResolvedThroughAnyNode) {
  // Given an upsert that took effect, and then no node at all
  fleet.start();
  sim.network->hold_replies(true);
  auto call = sim.upsert(sim.sample(), 1s);
  sim.run();
  ASSERT_EQ(sim.server.writes, 1u);
  auto begun = sim.now();
  fleet.nodes->kill(simulated_fleet::port(0));
  fleet.nodes->kill(simulated_fleet::port(1));
  sim.network->hold_replies(false);
  sim.advance(1500ms);

  // Then it is in doubt by its deadline and a tick,
  ASSERT_EQ(call.code(), ec::outcome_unknown);
  EXPECT_LE(call.at(), begun + 1s + 25ms);
  auto token = token_of(call.error());
  ASSERT_TRUE(token);

  // and a node that has never heard of it knows.
  fleet.start_node(1);
  sim.advance(6s);
  auto answer = sim.resolve(*token);
  sim.run();
  EXPECT_EQ(answer.value(), resolution::applied);
}

TEST_F(RemoteStoreTest, UpsertThatNeverLeftIsNotInDoubt) {
  fleet.start();
  fleet.nodes->kill(simulated_fleet::port(0));
  fleet.nodes->kill(simulated_fleet::port(1));
  sim.run();
  auto call = sim.upsert(sim.sample(), 500ms);
  sim.advance(600ms);
  EXPECT_EQ(call.code(), ec::deadline_exceeded);
}

TEST_F(RemoteStoreTest, LateCopyOfAStalledNodeIsNeverWritten) {
  // Given an upsert at a node that stands still, and no other
  fleet.start();
  fleet.nodes->kill(simulated_fleet::port(1));
  sim.advance(100ms);
  fleet.nodes->stall(simulated_fleet::port(0), true);
  auto call = sim.upsert(sim.sample(), 1s);
  sim.advance(1100ms);
  ASSERT_EQ(call.code(), ec::outcome_unknown);

  // When it goes on after the deadline
  fleet.nodes->stall(simulated_fleet::port(0), false);
  sim.advance(1s);

  // Then nothing is written any more.
  EXPECT_EQ(sim.server.writes, 0u);
}

TEST_F(RemoteStoreTest, LostDeleteIsRepeatedThroughAnother) {
  fleet.start();
  sim.upsert(sim.sample());
  sim.run();
  sim.network->hold_replies(true);
  auto call = sim.remove("sid");
  sim.run();
  auto by_first = fleet.desk(0).in_flight() > 0;
  fleet.nodes->kill(simulated_fleet::port(by_first ? 0 : 1));
  sim.network->hold_replies(false);
  sim.run();
  // The repeated delete finds nothing left.
  EXPECT_EQ(call.value().count, 0);
}

// -- events -------------------------------------------------------------------

TEST_F(RemoteStoreTest, SubscriberHearsOfChangesMadeThroughThisClient) {
  fleet.start();
  std::vector<session_event_kind> heard;
  auto listener = sim.system().spawn(
    [](caf::event_based_actor*,
       std::vector<session_event_kind>* list) -> caf::behavior {
      return {[list](const session_event& x) { list->push_back(x.kind); }};
    },
    &heard);
  caf::anon_send(sim.store, subscribe_request{listener});
  sim.run();

  auto stored = sim.upsert(sim.sample());
  sim.run();
  sim.upsert(stored.value());
  sim.run();
  sim.get("sid");
  sim.upsert(stored.value());
  sim.run();
  sim.remove("sid");
  sim.run();
  sim.remove_all();
  sim.run();

  using kind = session_event_kind;
  EXPECT_EQ(heard, (std::vector<kind>{kind::created, kind::refreshed,
                                      kind::lock_conflict, kind::deleted,
                                      kind::deleted_all}));
  caf::anon_send_exit(listener, caf::exit_reason::user_shutdown);
  sim.run();
}

// -- the end ------------------------------------------------------------------

TEST_F(RemoteStoreTest, StoppingFinishesWhatIsUnderWay) {
  fleet.start();
  sim.network->pause_server(true);
  auto under_way = sim.get("sid");
  sim.run();
  caf::anon_send_exit(sim.store, caf::exit_reason::user_shutdown);
  sim.run();
  auto late = sim.get("sid");
  sim.run();
  EXPECT_EQ(late.code(), ec::shutting_down);
  EXPECT_FALSE(under_way.is_here());

  sim.network->pause_server(false);
  sim.advance(50ms);
  EXPECT_FALSE(under_way.value().session);
  EXPECT_TRUE(sim.actors("obol.remote_store").empty());
  EXPECT_EQ(fleet.nodes->links(), 0u);
}

TEST_F(RemoteStoreTest, KilledClientLeavesNothingUnanswered) {
  fleet.start();
  sim.network->pause_server(true);
  auto read = sim.get("sid");
  auto write = sim.upsert(sim.sample());
  sim.run();
  sim.kill(sim.store.address());
  EXPECT_EQ(read.code(), ec::shutting_down);
  EXPECT_EQ(write.code(), ec::outcome_unknown);
  sim.network->pause_server(false);
}

TEST_F(RemoteStoreTest, SecretsReachNoLog) {
  fleet.start();
  sim.upsert(sim.sample("planted-id"));
  sim.run();
  fleet.nodes->kill(simulated_fleet::port(0));
  sim.advance(2s);
  EXPECT_TRUE(sim.logged("obol.remote_store"));
  EXPECT_FALSE(sim.logged("planted-id"));
}

} // namespace
} // namespace obol::test
