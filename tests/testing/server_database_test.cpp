#include "server_fixture.hpp"

namespace obol::testing::internal {

using ServerDatabaseTest = SimulatedServerTest;

TEST_F(ServerDatabaseTest, AKeyIsThereUntilItsLastMillisecondHasPassed) {
  run({"SET", "k", "v", "PX", "1000"});
  advance_ms(1000);
  EXPECT_EQ(run({"GET", "k"}), "$1\r\nv\r\n");
  advance_ms(1);
  EXPECT_EQ(run({"GET", "k"}), "$-1\r\n");
  EXPECT_TRUE(server.data[0].empty());
}

TEST_F(ServerDatabaseTest, AFieldExpiresByItself) {
  run({"HSETEX", "h", "EX", "10", "FIELDS", "1", "short", "v"});
  run({"HSETEX", "h", "EX", "20", "FIELDS", "1", "long", "v"});
  advance_ms(10'001);
  EXPECT_EQ(run({"HKEYS", "h"}), "*1\r\n$4\r\nlong\r\n");
  EXPECT_EQ(run({"HEXISTS", "h", "short"}), ":0\r\n");
  EXPECT_EQ(run({"HTTL", "h", "FIELDS", "2", "short", "long"}),
            "*2\r\n:-2\r\n:10\r\n");
}

TEST_F(ServerDatabaseTest, AHashGoesWithItsLastField) {
  run({"HSETEX", "h", "EX", "10", "FIELDS", "1", "f", "v"});
  advance_ms(10'001);
  EXPECT_EQ(server.data[0].peek("h", now_us / 1000), nullptr);
  EXPECT_EQ(run({"EXISTS", "h"}), ":0\r\n");
  EXPECT_EQ(run({"DBSIZE"}), ":0\r\n");
}

TEST_F(ServerDatabaseTest, AnExpiryInThePastIsASuccessThatDeletes) {
  for (auto kind : {server_kind::redis_8, server_kind::valkey_9}) {
    be(kind);
    run({"HSET", "h", "f", "v", "g", "w"});
    EXPECT_EQ(
      run({"HSETEX", "h", "EXAT", second(0), "FIELDS", "1", "f", "new"}),
      ":1\r\n");
    EXPECT_EQ(run({"HKEYS", "h"}), "*1\r\n$1\r\ng\r\n");
    EXPECT_EQ(run({"EXPIREAT", "h", second(0)}), ":1\r\n");
    EXPECT_EQ(run({"EXISTS", "h"}), ":0\r\n");
  }
}

TEST_F(ServerDatabaseTest, PlainHsetEndsTheExpiryOfAField) {
  run({"HSETEX", "h", "EX", "10", "FIELDS", "1", "f", "v"});
  run({"HSET", "h", "f", "w"});
  advance_ms(60'000);
  EXPECT_EQ(run({"HGET", "h", "f"}), "$1\r\nw\r\n");
}

TEST_F(ServerDatabaseTest, ALaterExpiryKeepsAFieldAlive) {
  run({"HSETEX", "h", "EX", "10", "FIELDS", "1", "f", "v"});
  run({"HSETEX", "h", "EX", "30", "FIELDS", "1", "f", "v"});
  advance_ms(20'000);
  EXPECT_EQ(run({"HGET", "h", "f"}), "$1\r\nv\r\n");
  advance_ms(10'001);
  EXPECT_EQ(run({"HGET", "h", "f"}), "$-1\r\n");
}

TEST_F(ServerDatabaseTest, LatestExpiryIsThatOfTheServer) {
  const std::vector<std::string> too_late{"HSETEX", "h", "EXAT", "70368744178",
                                          "FIELDS", "1", "f",    "v"};
  be(server_kind::redis_8);
  EXPECT_EQ(run(too_late), "-ERR invalid expire time in 'hsetex' command\r\n");
  be(server_kind::valkey_9);
  EXPECT_EQ(run(too_late), ":1\r\n");
  be(server_kind::redis_7);
  EXPECT_TRUE(run(too_late).starts_with("-ERR unknown command 'HSETEX'"));
}

TEST_F(ServerDatabaseTest, ACopyIsWhatTheServerHadThen) {
  run({"HSET", "h", "f", "v"});
  run({"ZADD", "z", "1", "a"});
  auto replica = server.data;
  run({"HSET", "h", "f", "lost"});
  run({"DEL", "z"});
  EXPECT_FALSE(replica == server.data);
  server.data = replica;
  EXPECT_EQ(run({"HGET", "h", "f"}), "$1\r\nv\r\n");
  EXPECT_EQ(run({"ZSCORE", "z", "a"}), "$1\r\n1\r\n");
}

TEST_F(ServerDatabaseTest, DatabasesAreApart) {
  run({"SET", "k", "v"});
  run({"SELECT", "15"});
  EXPECT_EQ(run({"GET", "k"}), "$-1\r\n");
  run({"SELECT", "0"});
  EXPECT_EQ(run({"GET", "k"}), "$1\r\nv\r\n");
}

TEST_F(ServerDatabaseTest, ScoresAreWrittenAsTheServerDoes) {
  const auto score = [this](server_kind kind, const std::string& text) {
    be(kind);
    run({"ZADD", "z", text, "a"});
    auto reply = run({"ZSCORE", "z", "a"});
    auto begin = reply.find('\n') + 1;
    return reply.substr(begin, reply.size() - begin - 2);
  };
  EXPECT_EQ(score(server_kind::redis_7, "0.1"), "0.10000000000000001");
  EXPECT_EQ(score(server_kind::redis_8, "0.1"), "0.1");
  EXPECT_EQ(score(server_kind::redis_7, "1e-7"), "9.9999999999999995e-08");
  EXPECT_EQ(score(server_kind::redis_8, "1e-7"), "1e-7");
  EXPECT_EQ(score(server_kind::redis_7, "1e20"), "1e+20");
  EXPECT_EQ(score(server_kind::redis_8, "12345678901234567890"),
            "12345678901234567000");
  EXPECT_EQ(score(server_kind::redis_8, "-123.456"), "-123.456");
  EXPECT_EQ(score(server_kind::redis_8, "+inf"), "inf");
  EXPECT_EQ(score(server_kind::redis_7, "1700000000"), "1700000000");
  EXPECT_EQ(score(server_kind::redis_7, "-0"), "0");
}

TEST_F(ServerDatabaseTest, CountsCommandsAndWhatChangedData) {
  run({"SET", "k", "v"});
  run({"GET", "k"});
  run({"DEL", "none"});
  run({"NOPE"});
  run({"DEL", "k"});
  EXPECT_EQ(server.counters.commands, 5u);
  EXPECT_EQ(server.counters.writes, 2u);
}

} // namespace obol::testing::internal
