#include "obol/server_error.hpp"

#include "server_fixture.hpp"

// What the texts are is compared with real servers in tests/integration; here,
// which commands they meet.

namespace obol::testing::internal {

class ServerConditionsTest : public SimulatedServerTest {
protected:
  void SetUp() override {
    define("writes", "return redis.call('SET', 'k', 'w')");
    define("deletes", "return redis.call('DEL', 'none')", "'allow-oom'");
    define("reads", "return redis.call('GET', 'k')", "'no-writes'");
    run({"SET", "k", "v"});
  }

  /// What obol takes the reply for; `ok` if it is no error.
  std::string kind_of(const std::vector<std::string>& request) {
    auto reply = run(request);
    if (!reply.starts_with('-'))
      return "ok";
    return to_string(classify(reply.substr(1, reply.size() - 3)).kind);
  }
};

TEST_F(ServerConditionsTest, LoadingLetsOnlyGreetingsThrough) {
  for (auto kind : {server_kind::redis_7, server_kind::valkey_9}) {
    be(kind);
    server.conditions.loading = true;
    EXPECT_EQ(kind_of({"HELLO", "2"}), "ok");
    EXPECT_EQ(kind_of({"AUTH", "default", "x"}), "ok");
    for (auto* word : {"PING", "DBSIZE"})
      EXPECT_EQ(kind_of({word}), "loading") << word;
    EXPECT_EQ(kind_of({"GET", "k"}), "loading");
    EXPECT_EQ(kind_of({"FUNCTION", "LIST"}), "loading");
    EXPECT_EQ(kind_of({"FCALL", "none", "0"}), "loading");
  }
}

TEST_F(ServerConditionsTest, BusyLetsOnlyGreetingsThrough) {
  server.conditions.busy = true;
  EXPECT_EQ(kind_of({"HELLO", "2"}), "ok");
  EXPECT_EQ(kind_of({"PING"}), "busy");
  EXPECT_EQ(kind_of({"TIME"}), "busy");
  EXPECT_EQ(kind_of({"FCALL", "reads", "0"}), "busy");
}

TEST_F(ServerConditionsTest, AReplicaReadsAndWritesNothing) {
  server.conditions.read_only = true;
  EXPECT_EQ(kind_of({"SET", "k", "x"}), "readonly");
  EXPECT_EQ(kind_of({"FCALL", "writes", "0"}), "readonly");
  EXPECT_EQ(kind_of({"FCALL", "deletes", "0"}), "readonly");
  EXPECT_EQ(kind_of({"FUNCTION", "LOAD", "x"}), "readonly");
  EXPECT_EQ(kind_of({"FCALL", "none", "0"}), "function_missing");
  EXPECT_EQ(run({"FCALL", "reads", "0"}), "$1\r\nv\r\n");
  EXPECT_EQ(kind_of({"PING"}), "ok");
  EXPECT_NE(run({"HELLO", "2"}).find("\r\nreplica\r\n"), std::string::npos);
  EXPECT_EQ(server.data[0].keys().size(), 1u);
}

TEST_F(ServerConditionsTest, FullMemoryRefusesWhatNeedsMore) {
  server.conditions.out_of_memory = true;
  EXPECT_EQ(kind_of({"SET", "k", "x"}), "oom");
  EXPECT_EQ(kind_of({"FCALL", "writes", "0"}), "oom");
  EXPECT_EQ(kind_of({"FUNCTION", "LOAD", "x"}), "oom");
  EXPECT_EQ(kind_of({"FCALL", "deletes", "0"}), "ok");
  EXPECT_EQ(kind_of({"FCALL", "reads", "0"}), "ok");
  EXPECT_EQ(kind_of({"DEL", "k"}), "ok");
}

TEST_F(ServerConditionsTest, AServerThatCannotSaveRefusesWritesAndPing) {
  server.conditions.cannot_persist = true;
  EXPECT_EQ(kind_of({"PING"}), "misconf");
  EXPECT_EQ(kind_of({"DEL", "none"}), "misconf");
  EXPECT_EQ(kind_of({"FCALL", "deletes", "0"}), "misconf");
  EXPECT_EQ(kind_of({"GET", "k"}), "ok");
  EXPECT_EQ(kind_of({"FCALL", "reads", "0"}), "ok");
}

TEST_F(ServerConditionsTest, ConditionsPass) {
  server.conditions.loading = true;
  run({"GET", "k"});
  server.conditions = {};
  EXPECT_EQ(run({"GET", "k"}), "$1\r\nv\r\n");
}

TEST_F(ServerConditionsTest, APasswordBindsNewSessionsOnly) {
  server.password = "secret";
  EXPECT_EQ(kind_of({"PING"}), "ok");
  session = server.open_session();
  EXPECT_EQ(kind_of({"PING"}), "noauth");
  EXPECT_EQ(kind_of({"HELLO", "2"}), "noauth");
  EXPECT_EQ(kind_of({"AUTH", "wrong"}), "wrongpass");
  EXPECT_EQ(kind_of({"HELLO", "2", "AUTH", "default", "secret"}), "ok");
  EXPECT_EQ(kind_of({"PING"}), "ok");
  EXPECT_EQ(kind_of({"AUTH", "wrong"}), "wrongpass");
  EXPECT_EQ(kind_of({"PING"}), "ok");
}

TEST_F(ServerConditionsTest, QuitClosesTheSession) {
  EXPECT_EQ(run({"QUIT"}), "+OK\r\n");
  EXPECT_TRUE(session.close);
}

TEST_F(ServerConditionsTest, TextsAreThoseObolKnows) {
  EXPECT_EQ(
    to_string(classify(simulated_server::too_many_clients.substr(1)).kind),
    "max_clients");
  EXPECT_EQ(kind_of({"NOPE"}), "unknown_command");
  EXPECT_EQ(kind_of({"SELECT", "99"}), "wrong_database");
  EXPECT_EQ(kind_of({"HGET", "k", "f"}), "wrong_type");
  EXPECT_EQ(kind_of({"FUNCTION", "LOAD", "x"}), "library_invalid");
}

} // namespace obol::testing::internal
