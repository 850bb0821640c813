#include "obol/connection.hpp"

#include "connection_fixture.hpp"

namespace obol::test {
namespace {

using namespace std::chrono_literals;
using ending = memory_network::ending;

// -- bytes --------------------------------------------------------------------

TEST_F(ConnectionTest, RequestsOfOneMomentTravelTogether) {
  // Given a connection that is idle
  auto before = sim.network->send_calls(first);

  // When some requests come at once
  std::vector<outcome<get_answer>> calls;
  for (std::uint32_t i = 0; i < internal::send_batch::min + 2; ++i)
    calls.push_back(sim.get("sid"));
  sim.run();

  // Then the first goes alone, so that it does not wait, as many as make a
  // batch together, and the rest together.
  EXPECT_EQ(sim.network->send_calls(first) - before, 3u);
  for (auto& call : calls)
    EXPECT_TRUE(call.is_here());
}

TEST_F(ConnectionTest, BatchesGrowWithWhatIsUnderWay) {
  // Given a connection that is idle
  auto before = sim.network->send_calls(first);

  // When many requests come at once
  constexpr std::uint32_t many = 60;
  std::vector<outcome<get_answer>> calls;
  for (std::uint32_t i = 0; i < many; ++i)
    calls.push_back(sim.get("sid"));
  sim.run();

  // Then a batch is a quarter of them: after the first, which goes alone, three
  // such and the rest.
  ASSERT_GT(many / internal::send_batch::batches_under_way,
            internal::send_batch::min);
  EXPECT_EQ(sim.network->send_calls(first) - before, 5u);
  for (auto& call : calls)
    EXPECT_TRUE(call.is_here());
}

TEST_F(ConnectionTest, SocketThatTakesFewBytesGetsThemAll) {
  sim.network->limit_send(7);
  auto stored = sim.upsert(sim.sample());
  auto found = sim.get("sid");
  sim.run();
  EXPECT_EQ(stored.value().lock_version, 1);
  EXPECT_TRUE(found.value().session);
}

TEST_F(ConnectionTest, RepliesInPiecesAreWhole) {
  auto stored = sim.upsert(sim.sample());
  sim.run();
  sim.network->split_replies(1);
  auto found = sim.get("sid");
  auto missing = sim.get("other");
  sim.run();
  EXPECT_TRUE(found.value().session);
  EXPECT_FALSE(missing.value().session);
}

TEST_F(ConnectionTest, RepliesFindTheirRequests) {
  for (auto id : {"a", "b", "c"})
    sim.upsert(sim.sample(id));
  sim.run();
  auto b = sim.get("b");
  auto none = sim.get("none");
  auto a = sim.get("a");
  auto c = sim.get("c");
  sim.run();
  EXPECT_EQ(a.value().session->id, "a");
  EXPECT_EQ(b.value().session->id, "b");
  EXPECT_EQ(c.value().session->id, "c");
  EXPECT_FALSE(none.value().session);
}

TEST_F(ConnectionTest, UpsertsOfOneMomentAreStoredEachAsItself) {
  // Given more than are signed side by side, one of which is too large
  constexpr int many = 40;
  auto large = sim.sample("large");
  large.extra_payload.set("x", std::string(300'000, 'x'));
  std::vector<outcome<session>> calls;
  for (int i = 0; i < many; ++i) {
    calls.push_back(sim.upsert(sim.sample("s" + std::to_string(i))));
    if (i == many / 2)
      calls.push_back(sim.upsert(large));
  }

  // When they are sent together
  sim.run();

  // Then all but that one are stored, and their signatures are right.
  for (int i = 0; i <= many; ++i)
    if (i == many / 2 + 1)
      EXPECT_EQ(code_of(calls[i].error()), ec::invalid_argument);
    else
      EXPECT_EQ(calls[i].value().lock_version, 1);
  for (int i = 0; i < many; ++i) {
    auto id = "s" + std::to_string(i);
    auto found = sim.get(id);
    sim.run();
    ASSERT_TRUE(found.value().session);
    EXPECT_EQ(found.value().session->id, id);
  }
}

// -- loss ---------------------------------------------------------------------

TEST_F(ConnectionTest, LostUpsertIsSentAgainByteForByteAndDupIsSuccess) {
  // Given an upsert that was applied, and whose reply is on the way
  sim.network->hold_replies(true);
  auto stored = sim.upsert(sim.sample());
  sim.run();
  ASSERT_EQ(sim.server.writes, 1u);

  // When the connection breaks
  sim.network->drop(first, ending::broken);
  sim.network->hold_replies(false);
  sim.advance(500ms);

  // Then the same bytes are sent once more, and recognised.
  EXPECT_EQ(stored.value().lock_version, 1);
  EXPECT_EQ(sim.server.writes, 1u);
  auto copies = calls("upsert");
  ASSERT_EQ(copies.size(), 2u);
  EXPECT_EQ(copies[0], copies[1]);
}

TEST_F(ConnectionTest, UpsertThatComesBackToADyingPoolIsInDoubt) {
  // Given an upsert that was applied, and whose reply is on the way
  sim.network->hold_replies(true);
  auto stored = sim.upsert(sim.sample());
  sim.run();
  ASSERT_EQ(sim.server.writes, 1u);

  // When the connection breaks, and the pool is killed before it looks at what
  // came back
  sim.network->drop(first, ending::broken);
  sim.network->deliver();
  caf::anon_send_exit(sim.actors("obol.pool").at(0), caf::exit_reason::kill);
  sim.network->hold_replies(false);
  sim.run();

  // Then nobody says that nothing was stored.
  ASSERT_EQ(code_of(stored.error()), ec::outcome_unknown);
  EXPECT_EQ(sim.told["upsert outcome_unknown"], 1u);
  sim.advance(2s);
  auto fate = sim.resolve(*token_of(stored.error()));
  sim.run();
  EXPECT_EQ(fate.value(), resolution::applied);
}

TEST_F(ConnectionTest, UpsertThatWasLostOnTheWayIsAppliedByTheSecondCopy) {
  sim.network->pause_server(true);
  auto stored = sim.upsert(sim.sample());
  sim.run();
  sim.network->drop(first, ending::closed);
  sim.network->pause_server(false);
  sim.advance(500ms);
  EXPECT_EQ(stored.value().lock_version, 1);
  EXPECT_EQ(sim.server.writes, 1u);
}

TEST_F(ConnectionTest, LostReadsAndDeletesAreSentAgain) {
  sim.upsert(sim.sample());
  sim.run();
  sim.network->hold_replies(true);
  auto found = sim.get("sid");
  auto gone = sim.remove("sid");
  sim.run();

  sim.network->drop(first, ending::closed);
  sim.network->hold_replies(false);
  sim.advance(500ms);

  // The delete took effect before; the read came after it.
  EXPECT_FALSE(found.value().session);
  EXPECT_EQ(gone.value().count, 0);
  EXPECT_EQ(calls("delete").size(), 2u);
}

TEST_F(ConnectionTest, StalledConnectionIsResetAndNeverUsedAgain) {
  // Given a server that stops answering
  sim.network->hold_replies(true);
  auto before = sim.now();
  auto found = sim.get("sid");
  sim.advance(490ms);
  EXPECT_EQ(sim.network->ended_by_client(first), client_end::none);

  // When command_timeout has passed
  sim.advance(30ms);

  // Then the connection is reset, not closed
  EXPECT_EQ(sim.network->ended_by_client(first), client_end::reset);
  EXPECT_FALSE(found.is_here());

  // and the request is answered over another one.
  sim.network->hold_replies(false);
  sim.advance(1s);
  EXPECT_FALSE(found.value().session);
  EXPECT_LT(found.at(), before + 2s);
  EXPECT_GT(sim.network->opened(), first);
}

TEST_F(ConnectionTest, LateReplyReachesNobody) {
  // Given a session and a read whose reply never comes in time
  sim.upsert(sim.sample());
  sim.run();
  sim.network->hold_replies(true);
  auto first_read = sim.get("sid");
  sim.advance(550ms);
  ASSERT_EQ(sim.network->ended_by_client(first), client_end::reset);

  // When the reply is let go, and other requests are under way
  sim.network->hold_replies(false);
  sim.advance(500ms);
  auto other = sim.get("other");
  sim.run();

  // Then everybody has their own.
  EXPECT_EQ(first_read.value().session->id, "sid");
  EXPECT_FALSE(other.value().session);
}

TEST_F(ConnectionTest, AnswersThatKeepComingAreNoStall) {
  // Given twenty requests whose replies come one every 100 ms
  sim.network->hold_replies(true);
  std::vector<outcome<get_answer>> calls;
  for (int i = 0; i < 15; ++i)
    calls.push_back(sim.get("sid"));
  sim.run();

  for (std::size_t i = 0; i < calls.size(); ++i) {
    sim.network->release_bytes(first, resp::nil().size());
    sim.advance(100ms);
    EXPECT_TRUE(calls[i].is_here()) << i;
  }

  // Then the connection was kept.
  EXPECT_EQ(sim.network->ended_by_client(first), client_end::none);
}

// -- breaking the protocol ----------------------------------------------------

TEST_F(ConnectionTest, UnaskedReplyEndsTheConnection) {
  sim.network->push(first, resp::simple("OK"));
  sim.run();
  EXPECT_EQ(sim.network->ended_by_client(first), client_end::reset);
  EXPECT_TRUE(sim.logged("unasked"));

  sim.advance(500ms);
  EXPECT_EQ(sim.status().phase, pool_phase::ready);
}

TEST_F(ConnectionTest, GarbageEndsTheConnectionAndTheRequestGoesElsewhere) {
  for (std::string garbage :
       {"HTTP/1.1 400 Bad Request\r\n\r\n", "$5\r\nabcdefg", "\r\n"}) {
    bool once = true;
    sim.server.instead = [&](auto& request) -> std::optional<std::string> {
      if (request.at(0) == "HGET" && std::exchange(once, false))
        return garbage;
      return std::nullopt;
    };
    auto found = sim.get("sid");
    sim.advance(500ms);
    EXPECT_FALSE(found.value().session) << garbage;
    EXPECT_FALSE(once);
  }
  EXPECT_EQ(sim.status().connections_lost, 3u);
}

// It would be as large over every other connection.
TEST_F(ConnectionTest, ReplyThatIsTooLargeEndsItsRequestAndNoOther) {
  std::uint64_t lost = 0;
  for (std::string begin : {"$999999999999\r\n", "*200001\r\n"}) {
    auto asked = 0;
    sim.server.instead = [&](auto& request) -> std::optional<std::string> {
      if (request.at(0) != "HGETALL")
        return std::nullopt;
      ++asked;
      return begin;
    };
    auto before = sim.get("sid");
    auto list = sim.get_all();
    auto behind = sim.get("sid");
    sim.advance(500ms);
    EXPECT_EQ(list.code(), ec::refused) << begin;
    EXPECT_EQ(asked, 1);
    EXPECT_FALSE(before.value().session);
    EXPECT_FALSE(behind.value().session);
    EXPECT_EQ(sim.status().connections_lost, ++lost);
  }
}

TEST_F(ConnectionTest, ServerThatHangsUpIsConnectedToAgain) {
  sim.network->drop(first, ending::closed);
  sim.run();
  EXPECT_EQ(sim.status().phase, pool_phase::not_ready);
  EXPECT_NE(sim.status().reason.find("closed"), std::string::npos);
  sim.advance(500ms);
  EXPECT_EQ(sim.status().phase, pool_phase::ready);
}

TEST_F(ConnectionTest, PrimaryThatBecomesAReplicaIsLeft) {
  // Given a server that turns into a replica
  bool replica = true;
  sim.server.instead = [&](auto& request) -> std::optional<std::string> {
    if (replica && request.at(0) == "FCALL")
      return resp::error("READONLY You can't write against a read only "
                         "replica.");
    return std::nullopt;
  };
  sim.server.role = "replica";

  // When something is to be written
  auto stored = sim.upsert(sim.sample());
  sim.run();
  EXPECT_EQ(sim.network->ended_by_client(first), client_end::reset);
  EXPECT_FALSE(stored.is_here());

  // Then the write waits for a primary.
  replica = false;
  sim.server.role = "master";
  sim.advance(1s);
  EXPECT_EQ(stored.value().lock_version, 1);
}

// -- idle time ----------------------------------------------------------------

TEST_F(ConnectionTest, IdleConnectionIsProbed) {
  sim.advance(4s);
  EXPECT_EQ(sim.redis->count("PING"), 0u);
  sim.advance(2s);
  EXPECT_EQ(sim.redis->count("PING"), 1u);
  sim.advance(5s);
  EXPECT_EQ(sim.redis->count("PING"), 2u);
  EXPECT_EQ(sim.network->ended_by_client(first), client_end::none);
}

TEST_F(ConnectionTest, ProbeFindsADeadServer) {
  sim.network->pause_server(true);
  sim.advance(7s);
  EXPECT_EQ(sim.network->ended_by_client(first), client_end::reset);
}

TEST_F(ConnectionTest, BusyConnectionIsNotProbed) {
  for (int i = 0; i < 100; ++i) {
    sim.get("sid");
    sim.advance(100ms);
  }
  EXPECT_EQ(sim.redis->count("PING"), 0u);
}

} // namespace
} // namespace obol::test
