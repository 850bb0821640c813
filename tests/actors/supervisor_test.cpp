#include "obol/supervisor.hpp"

#include <algorithm>

#include "support_actors/simulated_store.hpp"

namespace obol::test {
namespace {

using namespace std::chrono_literals;
using ending = memory_network::ending;

class SupervisorTest : public testing::Test {
protected:
  /// Requests that the server has answered and whose answers are on the way.
  void begin_requests() {
    sim.start_ready();
    sim.network->hold_replies(true);
    read = sim.get("sid");
    write = sim.upsert(sim.sample());
    erase = sim.remove("other");
    sim.run();
  }

  bool all_here() const {
    return read->is_here() && write->is_here() && erase->is_here();
  }

  /// Whether a new request succeeds.
  bool serves() {
    auto found = sim.get("another");
    sim.run();
    return found.is_here() && !found.error();
  }

  simulated_store sim;
  std::optional<outcome<get_answer>> read;
  std::optional<outcome<session>> write;
  std::optional<outcome<removed>> erase;
};

// -- start --------------------------------------------------------------------

TEST_F(SupervisorTest, StartsRegistrarThenPoolThenStore) {
  sim.network->hang_connects(true);
  sim.start();
  sim.run();

  // The registrar is at work; there is no pool to send requests to.
  EXPECT_EQ(sim.actors("obol.supervisor").size(), 1u);
  EXPECT_EQ(sim.actors("obol.registrar").size(), 1u);
  EXPECT_EQ(sim.actors("obol.pool").size(), 0u);
  EXPECT_EQ(sim.network->connects(), 1u);

  sim.network->hang_connects(false);
  sim.run();
  EXPECT_EQ(sim.actors("obol.pool").size(), 1u);
  EXPECT_EQ(sim.actors("obol.connection").size(), 2u);
  EXPECT_TRUE(serves());
}

// -- the end ------------------------------------------------------------------

TEST_F(SupervisorTest, StopFinishesWhatIsInFlightAndRejectsWhatWaits) {
  // Given requests in flight, and one that waits for room
  auto settings = simulated_store::small_options();
  settings.pool.size = 1;
  settings.pool.max_overflow = 0;
  settings.pool.max_in_flight = 1;
  simulated_store narrow{std::move(settings)};
  narrow.start_ready();
  narrow.network->hold_replies(true);
  auto in_flight = narrow.upsert(narrow.sample());
  auto waiting = narrow.get("sid");
  narrow.run();

  // When the store is told to stop
  narrow.stop();
  EXPECT_EQ(waiting.code(), ec::shutting_down);
  EXPECT_FALSE(in_flight.is_here());
  EXPECT_EQ(narrow.actors("obol.connection").size(), 1u);

  // Then the reply still comes, and everything ends.
  narrow.network->hold_replies(false);
  narrow.run();
  EXPECT_EQ(in_flight.value().lock_version, 1);
  EXPECT_EQ(narrow.network->ended_by_client(2), client_end::closed);
  for (auto name :
       {"obol.supervisor", "obol.registrar", "obol.pool", "obol.connection"})
    EXPECT_TRUE(narrow.actors(name).empty()) << name;
}

TEST_F(SupervisorTest, StopWithoutAnAnswerEndsByTheDeadline) {
  begin_requests();
  auto before = sim.now();
  sim.stop();
  sim.advance(3s);
  EXPECT_TRUE(all_here());
  EXPECT_EQ(write->code(), ec::outcome_unknown);
  EXPECT_TRUE(token_of(write->error()));
  EXPECT_LE(write->at(), before + 2s + 25ms);
  EXPECT_TRUE(sim.actors("obol.supervisor").empty());
}

TEST_F(SupervisorTest, StopDuringStartEndsAtOnce) {
  sim.network->hang_connects(true);
  sim.start();
  sim.run();
  sim.stop();
  EXPECT_TRUE(sim.actors("obol.supervisor").empty());
  EXPECT_TRUE(sim.actors("obol.registrar").empty());
  EXPECT_TRUE(sim.actors("obol.connection").empty());
}

TEST_F(SupervisorTest, StopWhileTheServerIsGoneEndsAtOnce) {
  sim.start_ready();
  sim.network->refuse_connects(true);
  sim.network->drop_all(ending::broken);
  sim.advance(3s);
  sim.stop();
  EXPECT_TRUE(sim.actors("obol.supervisor").empty());
  EXPECT_TRUE(sim.actors("obol.connection").empty());
}

// -- crashes ------------------------------------------------------------------

TEST_F(SupervisorTest, KilledConnectionAnswersAndIsReplaced) {
  begin_requests();
  for (auto& connection : sim.actors("obol.connection"))
    sim.kill(connection);

  // Everybody was answered, and who wrote is told that nobody knows.
  EXPECT_TRUE(all_here());
  EXPECT_EQ(write->code(), ec::outcome_unknown);
  EXPECT_TRUE(token_of(write->error()));
  EXPECT_EQ(erase->code(), ec::outcome_unknown);
  EXPECT_EQ(sim.network->ended_by_client(2), client_end::reset);
  EXPECT_EQ(sim.network->ended_by_client(3), client_end::reset);

  sim.network->hold_replies(false);
  sim.advance(1s);
  EXPECT_TRUE(serves());
  EXPECT_EQ(sim.status().pool.idle, 2u);
  EXPECT_EQ(sim.status().pool.in_flight, 0u);
}

TEST_F(SupervisorTest, KilledPoolIsReplacedAndItsConnectionsFinish) {
  begin_requests();
  sim.kill(sim.actors("obol.pool").at(0));

  // Meanwhile requests fail at once, and may be retried.
  auto early = sim.get("sid");
  sim.run();
  EXPECT_EQ(early.code(), ec::unavailable);
  EXPECT_EQ(sim.status().phase, pool_phase::not_ready);

  // What was in flight is answered by the old connections.
  sim.network->hold_replies(false);
  sim.run();
  EXPECT_EQ(write->value().lock_version, 1);
  EXPECT_TRUE(all_here());

  sim.advance(1s);
  EXPECT_TRUE(serves());
  EXPECT_EQ(sim.actors("obol.pool").size(), 1u);
  EXPECT_EQ(sim.actors("obol.connection").size(), 2u);
  EXPECT_EQ(sim.network->open().size(), 2u);
}

TEST_F(SupervisorTest, LossAfterThePoolWasKilledIsToldAsItIs) {
  // Given a killed pool whose connection still owes a reply
  begin_requests();
  sim.kill(sim.actors("obol.pool").at(0));
  ASSERT_FALSE(write->is_here());

  // When that connection breaks
  sim.network->drop(2, ending::broken);
  sim.run();

  // Then nobody claims that the write was never sent.
  EXPECT_EQ(write->code(), ec::outcome_unknown);
  EXPECT_TRUE(token_of(write->error()));
  EXPECT_EQ(erase->code(), ec::outcome_unknown);
  EXPECT_EQ(read->code(), ec::shutting_down);
}

TEST_F(SupervisorTest, KilledPoolAnswersWhoWaits) {
  auto settings = simulated_store::small_options();
  settings.pool.size = 1;
  settings.pool.max_overflow = 0;
  settings.pool.max_in_flight = 1;
  simulated_store narrow{std::move(settings)};
  narrow.start_ready();
  narrow.network->hold_replies(true);
  narrow.get("sid");
  auto waiting = narrow.get("sid");
  narrow.run();

  narrow.kill(narrow.actors("obol.pool").at(0));

  EXPECT_EQ(waiting.code(), ec::shutting_down);
}

TEST_F(SupervisorTest, KilledRegistrarIsReplaced) {
  sim.start_ready();
  sim.kill(sim.actors("obol.registrar").at(0));
  EXPECT_TRUE(serves());

  // Functions that vanish meanwhile are loaded by the next one.
  sim.server.libraries.clear();
  auto stored = sim.upsert(sim.sample());
  sim.run();
  EXPECT_FALSE(stored.is_here());
  sim.advance(300ms);
  EXPECT_EQ(stored.value().lock_version, 1);
  EXPECT_EQ(sim.actors("obol.registrar").size(), 1u);
}

TEST_F(SupervisorTest, RegistrarKilledAtWorkIsReplaced) {
  sim.network->hold_replies(true);
  sim.start();
  sim.run();
  sim.kill(sim.actors("obol.registrar").at(0));
  sim.network->hold_replies(false);
  sim.advance(1s);
  EXPECT_TRUE(serves());
  EXPECT_EQ(sim.actors("obol.registrar").size(), 1u);
  EXPECT_EQ(sim.actors("obol.connection").size(), 2u);
}

TEST_F(SupervisorTest, RegistrarWhoseConnectionIsKilledTriesAgain) {
  // Killed while it connects, and again while a command is under way.
  sim.network->hang_connects(true);
  sim.start();
  sim.run();
  sim.kill(sim.actors("obol.connection").at(0));
  sim.network->hang_connects(false);
  sim.network->hold_replies(true);
  sim.advance(300ms);
  ASSERT_EQ(sim.network->opened(), 1u);
  sim.network->release_bytes(1, 150);
  sim.run();
  sim.kill(sim.actors("obol.connection").at(0));

  sim.network->hold_replies(false);
  sim.advance(1s);
  EXPECT_TRUE(serves());
}

} // namespace
} // namespace obol::test
