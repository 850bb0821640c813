#include "obol/store.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include "support_actors/simulated_store.hpp"

namespace obol::test {
namespace {

using namespace std::chrono_literals;

class StoreTest : public testing::Test {
protected:
  simulated_store sim;
};

// -- becoming ready -----------------------------------------------------------

TEST_F(StoreTest, IsReadyByItselfOnceTheServerIsThere) {
  sim.start();
  auto ready = sim.wait_ready(1s);
  sim.run();

  EXPECT_EQ(ready.value().phase, pool_phase::ready);
  EXPECT_EQ(ready.value().layout, "hash_field_expiry");
  EXPECT_EQ(ready.value().server, "redis 8.0.2");
  EXPECT_EQ(ready.value().pool.idle, 2u);
}

TEST_F(StoreTest, OptionsThatBreakARuleStartNothing) {
  auto broken = simulated_store::small_options();
  broken.pool.size = 0;
  simulated_store world{std::move(broken)};
  auto failure = world.try_start();
  world.run();
  EXPECT_EQ(code_of(failure), ec::invalid_argument);
  EXPECT_EQ(world.network->connects(), 0u);
}

TEST_F(StoreTest, IsNotReadyBeforeTheFunctionsAre) {
  // Given a server that is slow to load the library
  bool slow = true;
  sim.server.instead = [&](auto& request) -> std::optional<std::string> {
    if (slow && request.at(0) == "FUNCTION")
      return resp::error("LOADING Redis is loading the dataset in memory");
    return std::nullopt;
  };
  sim.start();
  sim.run();

  // Then no connection for requests was opened, and requests fail at once
  EXPECT_EQ(sim.network->opened(), 1u);
  auto early = sim.get("sid");
  sim.run();
  EXPECT_EQ(early.code(), ec::unavailable);
  EXPECT_NE(describe(early.error()).find("loading"), std::string::npos);

  // until it has loaded.
  slow = false;
  sim.advance(1s);
  auto late = sim.get("sid");
  sim.run();
  EXPECT_FALSE(late.value().session);
}

TEST_F(StoreTest, UnavailableAtOnceWhileTheServerIsAbsentThenReady) {
  sim.network->refuse_connects(true);
  sim.start();
  sim.run();

  auto before = sim.now();
  auto early = sim.get("sid");
  sim.run();
  EXPECT_EQ(early.code(), ec::unavailable);
  EXPECT_EQ(early.at(), before);
  EXPECT_EQ(sim.status().phase, pool_phase::not_ready);
  EXPECT_NE(sim.status().reason, "");

  sim.network->refuse_connects(false);
  sim.advance(1s);
  EXPECT_EQ(sim.status().phase, pool_phase::ready);
}

TEST_F(StoreTest, WaitingForReadinessEndsWithTheReason) {
  sim.network->refuse_connects(true);
  sim.start();
  auto before = sim.now();
  auto ready = sim.wait_ready(300ms);
  sim.advance(250ms);
  EXPECT_FALSE(ready.is_here());

  sim.advance(100ms);

  EXPECT_EQ(ready.code(), ec::unavailable);
  EXPECT_LE(ready.at(), before + 320ms);
}

TEST_F(StoreTest, WaitingForReadinessEndsWithIt) {
  sim.network->refuse_connects(true);
  sim.start();
  auto ready = sim.wait_ready(5s);
  sim.advance(300ms);

  sim.network->refuse_connects(false);
  sim.advance(1s);

  EXPECT_EQ(ready.value().phase, pool_phase::ready);
}

TEST_F(StoreTest, ServerThatNeverAnswersIsAFailureWithinTheTimeout) {
  sim.network->pause_server(true);
  sim.start();
  sim.advance(2100ms);
  auto early = sim.get("sid");
  sim.run();
  EXPECT_EQ(early.code(), ec::unavailable);
  EXPECT_NE(describe(early.error()).find("connect_timeout"), std::string::npos);
}

TEST_F(StoreTest, WrongPasswordIsToldAndTriedSeldom) {
  sim.server.instead = [](auto& request) -> std::optional<std::string> {
    if (request.at(0) == "HELLO")
      return resp::error("WRONGPASS invalid username-password pair");
    return std::nullopt;
  };
  sim.start();
  sim.advance(5s);

  auto call = sim.get("sid");
  sim.run();
  EXPECT_EQ(call.code(), ec::misconfigured);
  EXPECT_EQ(sim.redis->count("HELLO"), 1u);
}

// -- requests -----------------------------------------------------------------

TEST_F(StoreTest, StoredSessionIsFound) {
  sim.start_ready();
  auto stored = sim.upsert(sim.sample());
  sim.run();
  auto found = sim.get("sid");
  sim.run();

  auto expected = sim.sample();
  expected.lock_version = 1;
  EXPECT_EQ(stored.value(), expected);
  EXPECT_EQ(found.value().session, expected);
}

TEST_F(StoreTest, StaleWriterConflicts) {
  sim.start_ready();
  auto first = sim.upsert(sim.sample());
  auto second = sim.upsert(sim.sample());
  sim.run();
  EXPECT_TRUE(first.is_here());
  EXPECT_EQ(second.code(), ec::conflict);
  EXPECT_EQ(sim.server.writes, 1u);
}

TEST_F(StoreTest, DeletedSessionDoesNotComeBack) {
  sim.start_ready();
  auto stored = sim.upsert(sim.sample());
  sim.run();
  auto gone = sim.remove("sid");
  sim.run();
  EXPECT_EQ(gone.value().count, 1);

  auto revived = sim.upsert(stored.value());
  sim.run();
  EXPECT_EQ(revived.code(), ec::gone);
}

TEST_F(StoreTest, AllSessionsOfAUserAreListedAndDeleted) {
  sim.start_ready();
  sim.upsert(sim.sample("a"));
  sim.upsert(sim.sample("b"));
  sim.run();

  auto list = sim.get_all();
  sim.run();
  EXPECT_EQ(list.value().sessions.size(), 2u);

  auto gone = sim.remove_all();
  sim.run();
  EXPECT_EQ(gone.value().count, 2);
  list = sim.get_all();
  sim.run();
  EXPECT_TRUE(list.value().sessions.empty());
}

TEST_F(StoreTest, RequestThatBreaksARuleNeverLeaves) {
  sim.start_ready();
  auto sent = sim.redis->requests().size();

  auto odd_id = sim.get("l.sid");
  auto late = sim.get("sid", 11s);
  auto negative = sim.get("sid", -1s);
  auto over = sim.sample();
  over.refresh_expires_at = over.refreshed_at - 1;
  auto expired = sim.upsert(over);
  sim.run();

  EXPECT_EQ(odd_id.code(), ec::invalid_argument);
  EXPECT_EQ(late.code(), ec::invalid_argument);
  EXPECT_EQ(negative.code(), ec::invalid_argument);
  EXPECT_EQ(expired.code(), ec::session_expired);
  EXPECT_EQ(sim.redis->requests().size(), sent);
}

TEST_F(StoreTest, RequestNobodyWaitsForIsCarriedOut) {
  sim.start_ready();
  sim.upsert(sim.sample());
  sim.run();

  caf::anon_send(sim.store, delete_request{sim.sample().key()});
  sim.run();

  auto found = sim.get("sid");
  sim.run();
  EXPECT_FALSE(found.value().session);
  EXPECT_EQ(sim.status().pool.in_flight, 0u);
}

// -- events -------------------------------------------------------------------

TEST_F(StoreTest, SubscriberHearsOfEveryChange) {
  // Given somebody who listens
  sim.start_ready();
  std::vector<session_event_kind> heard;
  auto listener = sim.store->home_system().spawn(
    [](caf::event_based_actor*,
       std::vector<session_event_kind>* list) -> caf::behavior {
      return {[list](const session_event& x) { list->push_back(x.kind); }};
    },
    &heard);
  caf::anon_send(sim.store, subscribe_request{listener});
  sim.run();

  // When a session is created, refreshed, read, written by a stale writer and
  // deleted
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

  // Then each change was told once, reads not at all.
  using kind = session_event_kind;
  EXPECT_EQ(heard, (std::vector<kind>{kind::created, kind::refreshed,
                                      kind::lock_conflict, kind::deleted,
                                      kind::deleted_all}));
  caf::anon_send_exit(listener, caf::exit_reason::user_shutdown);
  sim.run();
}

// -- the end ------------------------------------------------------------------

TEST_F(StoreTest, StoppingAnswersWhoWaitsForReadiness) {
  sim.network->refuse_connects(true);
  sim.start();
  auto ready = sim.wait_ready(5s);
  sim.run();

  sim.stop();

  EXPECT_EQ(ready.code(), ec::shutting_down);
}

TEST_F(StoreTest, StoreThatIsGoneIsShuttingDown) {
  sim.start_ready();
  sim.stop();
  auto late = sim.get("sid");
  sim.run();
  EXPECT_EQ(late.code(), ec::shutting_down);
  EXPECT_TRUE(sim.network->open().empty());
}

} // namespace
} // namespace obol::test
