#include <gmock/gmock.h>

#include <filesystem>

#include "support/server.hpp"

namespace obol::test {

class ThrowawayServerTest : public server_test {};

INSTANTIATE_TEST_SUITE_P(On, ThrowawayServerTest,
                         testing::ValuesIn(all_server_names()),
                         server_test_name);

TEST_P(ThrowawayServerTest, RepliesAreBinarySafeValues) {
  const auto target = start();
  const std::string bytes{"\0\r\n\xff", 4};
  EXPECT_EQ(target->command({"SET", "k", bytes}), "OK");
  EXPECT_EQ(target->command({"GET", "k"}).text, bytes);
  EXPECT_EQ(target->command({"INCR", "n"}), 1);
  EXPECT_TRUE(target->command({"GET", "missing"}).is_nil());
  EXPECT_TRUE(target->command({"NOSUCH"}).is_error());
}

TEST_P(ThrowawayServerTest, RestartsEmptyOnTheSameSocketAndPort) {
  const auto target = start({.tcp = true});
  const auto socket = target->socket_path();
  const auto port = target->port();
  target->command({"SET", "k", "v"});
  target->restart();
  EXPECT_EQ(target->socket_path(), socket);
  EXPECT_EQ(target->port(), port);
  EXPECT_NE(port, 0);
  EXPECT_TRUE(target->command({"GET", "k"}).is_nil());
}

TEST_P(ThrowawayServerTest, KeepsItsDataWhenPersistenceIsAskedFor) {
  const auto target
    = start({.arguments = {"--appendonly", "yes", "--appendfsync", "always"}});
  target->command({"SET", "k", "v"});
  target->kill();
  target->restart();
  EXPECT_EQ(target->command({"GET", "k"}), "v");
}

TEST_P(ThrowawayServerTest, AnswersAgainAfterAFreeze) {
  const auto target = start();
  target->freeze();
  target->thaw();
  EXPECT_EQ(target->command({"PING"}), "PONG");
}

TEST_P(ThrowawayServerTest, AsksForThePasswordItWasGiven) {
  const auto target = start({.password = "secret"});
  EXPECT_EQ(target->command({"PING"}), "PONG");
  EXPECT_THAT(target->connect().command({"PING"}).text,
              testing::StartsWith("NOAUTH"));
}

TEST_P(ThrowawayServerTest, LoadsAclLines) {
  const auto target = start({.acl = {"user reader on >pw ~* -@all +get"}});
  auto client = target->connect();
  EXPECT_EQ(client.command({"AUTH", "reader", "pw"}), "OK");
  EXPECT_TRUE(client.command({"GET", "k"}).is_nil());
  EXPECT_THAT(client.command({"SET", "k", "v"}).text,
              testing::StartsWith("NOPERM"));
  EXPECT_EQ(target->command({"SET", "k", "v"}), "OK");
}

TEST_P(ThrowawayServerTest, LeavesNoDirectoryBehind) {
  auto target = start();
  const auto directory
    = std::filesystem::path{target->socket_path()}.parent_path();
  EXPECT_NE(target->log(), "");
  EXPECT_TRUE(std::filesystem::exists(directory));
  target.reset();
  EXPECT_FALSE(std::filesystem::exists(directory));
}

TEST_P(ThrowawayServerTest, StartThatFailsSaysWhatTheServerLogged) {
  try {
    start({.arguments = {"--no-such-option", "1"}});
    FAIL() << "started";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("no-such-option"));
  }
}

} // namespace obol::test
