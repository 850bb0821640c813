#include "obol/pool.hpp"

#include <caf/send.hpp>

#include "actors/pool_fixture.hpp"

namespace obol::test {
namespace {

using namespace std::chrono_literals;
using ending = memory_network::ending;

constexpr auto burst = internal::pool_ledger::routing_burst;

// -- routing ------------------------------------------------------------------

TEST_F(PoolTest, RequestsGoRoundByBursts) {
  start(options_of(3, 64, 0));
  auto calls = get(6 * burst);
  EXPECT_TRUE(all_here(calls));
  for (connection_id id : {2, 3, 4})
    EXPECT_EQ(reads(id), 2 * burst);
  EXPECT_EQ(sim->status().pool.routed,
            (std::vector<std::uint64_t>{2 * burst, 2 * burst, 2 * burst}));
}

TEST_F(PoolTest, NoConnectionCarriesMoreThanItsBound) {
  // Given room for three requests on each of two connections
  start(options_of(2, 3, 0));
  sim->network->hold_replies(true);

  // When ten come
  auto calls = get(10);
  EXPECT_EQ(reads(2), 3u);
  EXPECT_EQ(reads(3), 3u);
  EXPECT_EQ(sim->status().pool.waiting, 4u);
  EXPECT_EQ(sim->status().pool.in_flight, 6u);
  EXPECT_EQ(sim->status().phase, pool_phase::full);

  // Then each reply makes room for one more.
  sim->network->release_bytes(2, resp::nil().size());
  sim->run();
  EXPECT_EQ(reads(2), 4u);
  sim->network->hold_replies(false);
  sim->run();
  EXPECT_TRUE(all_here(calls));
}

TEST_F(PoolTest, OneInFlightIsExclusiveCheckout) {
  start(options_of(2, 1, 0));
  sim->network->hold_replies(true);
  auto calls = get(5);
  EXPECT_EQ(reads(2), 1u);
  EXPECT_EQ(reads(3), 1u);
  sim->network->hold_replies(false);
  sim->run();
  EXPECT_TRUE(all_here(calls));
}

// -- overflow -----------------------------------------------------------------

TEST_F(PoolTest, OverflowOpensLingersAndCloses) {
  // Given two connections with room for one request each
  start(options_of(2, 1, 1));
  sim->network->hold_replies(true);
  auto calls = get(2);
  EXPECT_EQ(sim->network->open().size(), 2u);

  // When more come, one connection more is opened
  auto more = get(3);
  sim->network->release_bytes(4, 1'000);
  sim->run();
  EXPECT_EQ(sim->network->open().size(), 3u);
  EXPECT_EQ(sim->status().pool.overflow, 1u);
  sim->network->hold_replies(false);
  sim->run();
  EXPECT_TRUE(all_here(calls));
  EXPECT_TRUE(all_here(more));
  EXPECT_EQ(sim->status().phase, pool_phase::overflow);

  // Then it stays for the linger time, and no longer.
  sim->advance(29s);
  EXPECT_EQ(sim->network->open().size(), 3u);
  sim->advance(2s);
  EXPECT_EQ(sim->network->open().size(), 2u);
  EXPECT_EQ(sim->network->ended_by_client(4), client_end::closed);
  EXPECT_EQ(sim->status().phase, pool_phase::ready);
  EXPECT_EQ(sim->status().connections_lost, 0u);
  EXPECT_FALSE(sim->logged("unexpectedly"));
}

TEST_F(PoolTest, RequestWhoseConnectionHasJustCrashedGoesToAnother) {
  // Whichever of two it is, so that it is also the one whose turn it is
  for (std::size_t victim : {0, 1}) {
    start(options_of(2, 64, 0));
    auto connections = sim->actors("obol.connection");
    ASSERT_EQ(connections.size(), 2u);
    caf::anon_send_exit(connections[victim], caf::exit_reason::kill);
    auto calls = get(1);
    EXPECT_TRUE(all_here(calls));
    EXPECT_TRUE(sim->logged("unexpectedly"));
  }
}

TEST_F(PoolTest, OverflowThatIsUsedDoesNotClose) {
  start(options_of(1, 1, 1));
  for (int i = 0; i < 40; ++i) {
    sim->network->hold_replies(true);
    get(2);
    sim->network->hold_replies(false);
    sim->advance(1s);
  }
  EXPECT_EQ(sim->network->open().size(), 2u);
  EXPECT_EQ(sim->network->opened(), 3u);
}

TEST_F(PoolTest, OverflowThatIsRenewedClosesNevertheless) {
  // Given connections that are renewed long before overflow has lingered
  auto settings = options_of(1, 1, 1);
  settings.connection_max_lifetime = 10s;
  start(std::move(settings));
  sim->network->hold_replies(true);
  get(2);
  sim->network->hold_replies(false);
  sim->run();

  // When nothing more comes
  sim->advance(29s);
  EXPECT_EQ(sim->status().pool.overflow, 1u);
  EXPECT_GT(sim->network->opened(), 5u);

  // Then it closes when it would have closed without that.
  sim->advance(2s);
  EXPECT_EQ(sim->status().pool.overflow, 0u);
}

TEST_F(PoolTest, OverflowCanBeOpenedAgain) {
  start(options_of(1, 1, 1));
  for (int i = 0; i < 3; ++i) {
    sim->network->hold_replies(true);
    get(2);
    EXPECT_EQ(sim->network->open().size(), 2u);
    sim->network->hold_replies(false);
    sim->advance(32s);
    EXPECT_EQ(sim->network->open().size(), 1u);
  }
}

// -- loss ---------------------------------------------------------------------

TEST_F(PoolTest, LostRequestsAreRetriedOnAnotherConnection) {
  start(options_of(2, 64, 0));
  sim->network->hold_replies(true);
  auto calls = get(4);
  ASSERT_EQ(reads(2), 4u);

  sim->network->drop(2, ending::broken);
  sim->network->hold_replies(false);
  auto before = sim->now();
  sim->run();

  EXPECT_TRUE(all_here(calls));
  EXPECT_EQ(calls[0].at(), before);
  EXPECT_EQ(reads(3), 4u);
}

// They lead to the same server, which may have missed what was deleted since.
TEST_F(PoolTest, WhenOneConnectionMeetsAReplicaNoneReadsThereAnyMore) {
  start(options_of(3, 64, 0));
  sim->server.instead = [](auto& request) -> std::optional<std::string> {
    if (request.at(0) == "FCALL")
      return resp::error("READONLY You can't write against a read only "
                         "replica.");
    return std::nullopt;
  };
  sim->server.role = "replica";

  auto stored = sim->upsert(sim->sample());
  sim->run();

  EXPECT_EQ(sim->status().pool.idle, 0u);
  for (connection_id x : {2, 3, 4})
    EXPECT_NE(sim->network->ended_by_client(x), client_end::none);
  auto found = sim->get("sid");
  sim->advance(500ms);
  EXPECT_TRUE(!found.is_here() || found.code() == ec::unavailable);
}

TEST_F(PoolTest, OneLostConnectionDoesNotMakeTheStoreUnready) {
  start(options_of(2, 64, 0));
  sim->network->drop(3, ending::broken);
  sim->run();
  EXPECT_EQ(sim->status().phase, pool_phase::ready);
  EXPECT_EQ(sim->status().pool.connecting, 1u);
  sim->advance(1s);
  EXPECT_EQ(sim->status().pool.idle, 2u);
  EXPECT_EQ(sim->status().connections_lost, 1u);
}

TEST_F(PoolTest, WhenNothingIsReadyRequestsFailAtOnce) {
  start(options_of(2, 64, 1));
  sim->network->refuse_connects(true);
  sim->network->drop_all(ending::broken);
  sim->run();

  auto calls = get(1);

  EXPECT_EQ(calls[0].code(), ec::unavailable);
  EXPECT_EQ(calls[0].at(), sim->now());
}

TEST_F(PoolTest, RequestsThatComeBackAreNotShed) {
  // Given more requests in flight than may wait
  auto settings = options_of(1, 64, 0);
  settings.pool.max_waiting = 1;
  start(std::move(settings));
  sim->network->hold_replies(true);
  auto calls = get(5);

  // When all of them lose their connection, and there is no other
  sim->network->drop(2, ending::broken);
  sim->run();
  EXPECT_EQ(sim->status().pool.waiting, 5u);

  // Then they wait for the next.
  sim->network->hold_replies(false);
  sim->advance(500ms);
  EXPECT_TRUE(all_here(calls));
}

TEST_F(PoolTest, RoomIsTheSameAfterALoss) {
  // Given connections that were lost with requests in flight, some of them
  // already answered at their deadlines
  start(options_of(2, 3, 0));
  sim->network->hold_replies(true);
  std::vector<outcome<get_answer>> early;
  for (int i = 0; i < 3; ++i)
    early.push_back(sim->get("sid", 50ms));
  get(3);
  sim->advance(100ms);
  sim->network->drop_all(ending::broken);
  sim->network->hold_replies(false);
  sim->advance(2s);
  ASSERT_EQ(sim->status().pool.in_flight, 0u);

  // Then they carry as many as before, not more and not fewer.
  sim->network->hold_replies(true);
  get(10);
  EXPECT_EQ(sim->status().pool.in_flight, 6u);
  EXPECT_EQ(sim->status().pool.waiting, 4u);
}

TEST_F(PoolTest, ConnectionsThatComeUpDuringVerificationAreAllUsed) {
  // Given a server whose three connections break
  start(options_of(3, 64, 0));
  bool slow = true;
  sim->server.instead = [&](auto& request) -> std::optional<std::string> {
    if (slow && request.at(0) == "FUNCTION")
      return resp::error("LOADING Redis is loading the dataset in memory");
    return std::nullopt;
  };
  sim->network->drop_all(ending::broken);

  // When all are back before it is known whether it has the functions
  sim->advance(1s);
  ASSERT_GE(sim->network->open().size(), 3u);
  ASSERT_EQ(sim->status().pool.connecting, 3u);
  slow = false;
  // By then the registrar has tried again.
  sim->advance(5s);

  // Then each carries its share.
  EXPECT_EQ(sim->status().pool.idle, 3u);
  EXPECT_TRUE(all_here(get(3 * burst)));
  for (connection_id id : sim->network->open())
    EXPECT_EQ(reads(id), burst);
}

TEST_F(PoolTest, ConnectionsAreRenewedWithoutAFailedCall) {
  auto settings = options_of(2, 64, 0);
  settings.connection_max_lifetime = 60s;
  start(std::move(settings));
  for (int i = 0; i < 1'400; ++i) {
    auto found = sim->get("sid");
    sim->advance(50ms);
    ASSERT_FALSE(found.value().session);
  }
  // Both were replaced, in an orderly way.
  EXPECT_EQ(sim->network->ended_by_client(2), client_end::closed);
  EXPECT_EQ(sim->network->ended_by_client(3), client_end::closed);
  EXPECT_EQ(sim->status().pool.idle, 2u);
  EXPECT_EQ(sim->status().connections_lost, 0u);
}

TEST_F(PoolTest, RenewalOfTheOnlyConnectionFailsNoCall) {
  auto settings = options_of(1, 64, 0);
  settings.connection_max_lifetime = 10s;
  start(std::move(settings));
  std::vector<outcome<get_answer>> calls;
  // A slow network: the old connection is gone before the new one is there.
  for (int i = 0; i < 12; ++i) {
    sim->network->hang_connects(true);
    sim->advance(995ms);
    calls.push_back(sim->get("sid"));
    sim->run();
    sim->network->hang_connects(false);
    sim->run();
  }
  EXPECT_EQ(sim->network->ended_by_client(2), client_end::closed);
  for (auto& call : calls)
    EXPECT_EQ(call.code(), std::nullopt);
}

} // namespace
} // namespace obol::test
