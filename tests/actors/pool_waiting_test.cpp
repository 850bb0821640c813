#include "obol/pool.hpp"

#include <caf/send.hpp>

#include "actors/pool_fixture.hpp"

namespace obol::test {
namespace {

using namespace std::chrono_literals;

// -- how many may wait --------------------------------------------------------

TEST_F(PoolTest, FullQueueShedsAtOnce) {
  auto settings = options_of(1, 1, 0);
  settings.pool.max_waiting = 2;
  start(std::move(settings));
  sim->network->hold_replies(true);
  auto calls = get(4);
  EXPECT_EQ(calls[3].code(), ec::overloaded);
  EXPECT_EQ(calls[3].at(), sim->now());
  EXPECT_FALSE(calls[2].is_here());

  sim->network->hold_replies(false);
  sim->run();
  EXPECT_TRUE(calls[2].is_here());
}

TEST_F(PoolTest, RequestsThatWaitForAnotherTryCountAsWaiting) {
  // Given a server that turns requests away for now
  auto settings = options_of(1, 64, 0);
  settings.pool.max_waiting = 2;
  start(std::move(settings));
  bool loading = true;
  sim->server.instead = [&](auto& request) -> std::optional<std::string> {
    if (loading && request.at(0) == "HGET")
      return resp::error("LOADING Redis is loading the dataset in memory");
    return std::nullopt;
  };
  auto calls = get(2);
  EXPECT_EQ(sim->status().pool.waiting, 2u);

  // When one comes that finds as many as may wait
  auto late = get(1);
  EXPECT_EQ(late[0].code(), ec::overloaded);
  EXPECT_EQ(late[0].at(), sim->now());
  EXPECT_EQ(reads(2), 2u);

  // Then those before it are tried again.
  loading = false;
  sim->advance(100ms);
  EXPECT_TRUE(all_here(calls));
  EXPECT_TRUE(all_here(get(1)));
}

TEST_F(PoolTest, RequestsThatWaitForFunctionsCountAsWaiting) {
  // Given a server that has lost its functions and is slow to say so
  auto settings = options_of(1, 64, 0);
  settings.pool.max_waiting = 2;
  start(std::move(settings));
  sim->server.libraries.clear();
  sim->server.instead = [](auto& request) -> std::optional<std::string> {
    if (request.at(0) == "FUNCTION")
      return std::string{};
    return std::nullopt;
  };
  auto a = sim->upsert(sim->sample("a"));
  auto b = sim->upsert(sim->sample("b"));
  sim->run();
  EXPECT_EQ(sim->status().pool.waiting, 2u);

  // When one comes that needs none
  auto late = get(1);

  // Then it is turned away all the same: as many wait as may.
  EXPECT_EQ(late[0].code(), ec::overloaded);
  EXPECT_EQ(reads(2), 0u);
  EXPECT_FALSE(a.is_here());
  EXPECT_FALSE(b.is_here());
}

// -- how long -----------------------------------------------------------------

TEST_F(PoolTest, WaitForRoomHasATimeout) {
  // Given a connection that makes progress with others, too slowly
  auto settings = options_of(1, 1, 0);
  settings.command_timeout = 5s;
  settings.pool.checkout_timeout = 300ms;
  start(std::move(settings));
  sim->network->hold_replies(true);
  auto before = sim->now();
  auto calls = get(2);

  sim->advance(400ms);

  EXPECT_FALSE(calls[0].is_here());
  EXPECT_EQ(calls[1].code(), ec::overloaded);
  EXPECT_GE(calls[1].at(), before + 300ms);
  EXPECT_LE(calls[1].at(), before + 325ms);
  EXPECT_EQ(reads(2), 1u);
}

TEST_F(PoolTest, RequestThatWasNeverSentMissesItsDeadlineForSure) {
  start(options_of(1, 1, 0));
  sim->network->hold_replies(true);
  get(1);
  auto before = sim->now();
  auto waiting = sim->upsert(sim->sample(), 100ms);
  sim->advance(150ms);

  EXPECT_EQ(waiting.code(), ec::deadline_exceeded);
  EXPECT_GE(waiting.at(), before + 100ms);
  EXPECT_LE(waiting.at(), before + 125ms);

  sim->network->hold_replies(false);
  sim->advance(1s);
  EXPECT_EQ(sim->server.writes, 0u);
}

TEST_F(PoolTest, WaitingRequestThatNobodyListensToIsSentAndTakesNoRoomForEver) {
  // Given a request by nobody that waits behind another's
  start(options_of(1, 1, 0));
  sim->network->hold_replies(true);
  auto first = get(1);
  caf::anon_send(sim->store, get_request{sim->sample().key(), {}});
  sim->run();
  EXPECT_EQ(sim->status().pool.waiting, 1u);

  // When there is room, it is carried out,
  sim->network->hold_replies(false);
  sim->run();
  EXPECT_EQ(reads(2), 2u);

  // and leaves its room to others.
  EXPECT_EQ(sim->status().pool.in_flight, 0u);
  EXPECT_TRUE(all_here(get(1)));
}

TEST_F(PoolTest, LostRequestThatNobodyListensToIsSentAgainAndLeavesItsRoom) {
  // Given a request by nobody in flight
  start(options_of(1, 1, 0));
  sim->network->hold_replies(true);
  caf::anon_send(sim->store, get_request{sim->sample().key(), {}});
  sim->run();
  EXPECT_EQ(reads(2), 1u);

  // When its connection breaks, it is sent over the next one,
  sim->network->drop_all(memory_network::ending::broken);
  sim->network->hold_replies(false);
  sim->advance(1s);
  EXPECT_EQ(reads(3), 1u);

  // and leaves its room to others.
  EXPECT_EQ(sim->status().pool.in_flight, 0u);
  EXPECT_TRUE(all_here(get(1)));
}

TEST_F(PoolTest, WaitingRequestOfADeadClientIsDropped) {
  // Given a client whose request waits behind another's
  start(options_of(1, 1, 0));
  auto client = sim->make_client();
  sim->network->hold_replies(true);
  auto first = get(1);
  auto waiting = sim->get_as(client, "sid");
  sim->run();

  // When it dies
  caf::anon_send_exit(client, caf::exit_reason::kill);
  sim->run();
  sim->network->hold_replies(false);
  sim->run();

  // Then its request is never sent.
  EXPECT_TRUE(all_here(first));
  EXPECT_EQ(reads(2), 1u);
  EXPECT_EQ(sim->status().pool.waiting, 0u);
}

} // namespace
} // namespace obol::test
