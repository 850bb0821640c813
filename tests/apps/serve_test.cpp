#include "apps/cli_test.hpp"
#include "apps/patience.hpp"
#include "apps/serve_process.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "config/scratch_folder.hpp"

using namespace obol::test;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

namespace {

/// The embedded server is found in PATH.
class ServeTest : public testing::Test {
protected:
  void SetUp() override {
    if (!require_server("redis-7"))
      GTEST_SKIP() << "no redis-7 on this machine";
  }

  serve_process node_;
};

/// Another server as the embedded one.
class ServeOnServerTest : public server_test {
protected:
  void SetUp() override {
    server_test::SetUp();
    if (auto kind = require_server(GetParam()))
      node_.arguments = {"--server-program", kind->path};
  }

  serve_process node_;
};

INSTANTIATE_TEST_SUITE_P(Servers, ServeOnServerTest,
                         testing::ValuesIn(all_server_names()),
                         server_test_name);

bool has_session(serve_process& node, const std::string& id) {
  return node.obol({"get", "42", id, "--quiet"}).code == 0;
}

void store_session(serve_process& node, const std::string& id) {
  auto stored = node.obol({"put", "--quiet"}, login(id));
  ASSERT_EQ(stored.code, 0) << stored.err;
}

} // namespace

// -- the embedded server ------------------------------------------------------

TEST_P(ServeOnServerTest, SessionsSurviveRestartAndCrashOnEveryServer) {
  node_.start_ready();
  store_session(node_, "first");
  node_.signal(SIGTERM);
  ASSERT_EQ(node_.wait(), 0) << node_.log();
  node_.start_ready();
  store_session(node_, "second");
  node_.kill();
  node_.start_ready();
  EXPECT_TRUE(has_session(node_, "first"));
  EXPECT_TRUE(has_session(node_, "second"));
}

TEST_F(ServeTest, SessionsSurviveARestart) {
  // Given a session in an embedded server,
  node_.start_ready();
  store_session(node_, "kept");

  // when the node is stopped and started again,
  node_.signal(SIGTERM);
  ASSERT_EQ(node_.wait(), 0) << node_.log();
  node_.start_ready();

  // it is there.
  EXPECT_TRUE(has_session(node_, "kept"));
}

TEST_F(ServeTest, ANodeThatIsKilledLeavesNoServerAndLosesNoSession) {
  // Given a node with a session that was confirmed just now,
  node_.start_ready();
  auto server = node_.server_pid();
  ASSERT_GT(server, 0);
  store_session(node_, "kept");

  // when it is killed, its server is soon gone,
  node_.kill();
  EXPECT_TRUE(comes_true([server] { return is_gone(server); }));

  // and a new one has the session.
  node_.start_ready();
  EXPECT_TRUE(has_session(node_, "kept"));
}

TEST_F(ServeTest, ANodeThatIsKilledWhileItsDiskIsSlowLosesNoSession) {
  // Given a server whose disk takes long to flush,
  scratch_folder folder;
  auto program = folder.write("slow-server",
                              "#!/bin/sh\nexec env LD_PRELOAD=" OBOL_SLOW_DISK
                              " redis-server \"$@\"\n");
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  node_.arguments = {"--server-program", program};
  node_.start_ready();

  // when a session is confirmed meanwhile, and the node is killed,
  store_session(node_, "kept");
  node_.kill();
  node_.start_ready();

  // it is there.
  EXPECT_TRUE(has_session(node_, "kept"));
}

TEST_F(ServeTest, ANodeThatIsKilledCanBeStartedAgainAtOnce) {
  // Its server may live a moment longer; the next one waits for its lock.
  for (int i = 0; i < 5; ++i) {
    node_.start_ready();
    node_.kill();
  }
  node_.start_ready();
}

TEST_F(ServeTest, AServerThatDiesIsStartedAgainWithItsSessions) {
  // Given a session,
  node_.start_ready();
  store_session(node_, "kept");
  auto before = node_.server_pid();

  // when the server dies,
  ::kill(before, SIGKILL);
  EXPECT_TRUE(node_.logs("it was ended by signal 9"));

  // another one takes its place.
  EXPECT_TRUE(comes_true([&] {
    auto now = node_.server_pid();
    return now > 0 && now != before;
  }));
  EXPECT_TRUE(has_session(node_, "kept"));
}

TEST_F(ServeTest, ASecondNodeOnAStateDirectoryNamesTheFirst) {
  node_.start_ready();
  auto second = obol_alone({"serve", "--state-dir", node_.state_path()});
  EXPECT_EQ(second.code, 3);
  EXPECT_THAT(second.err, AllOf(HasSubstr(node_.state_path()),
                                HasSubstr("is in use by process "
                                          + std::to_string(node_.pid()))));
  EXPECT_FALSE(is_gone(node_.server_pid()));
}

TEST_F(ServeTest, WhatItKeepsIsForItsOwnerOnly) {
  node_.start_ready();
  auto others
    = std::filesystem::perms::group_all | std::filesystem::perms::others_all;
  for (auto name : {"", "lock", "base_secret", "socket", "server.log"}) {
    auto status = std::filesystem::status(node_.state_path(name));
    EXPECT_EQ(status.permissions() & others, std::filesystem::perms::none)
      << name;
  }
}

TEST(ServeStartTest, TheServerIsToldNoneOfOurVariables) {
  // Given a server that writes down what it is told,
  scratch_folder folder;
  auto seen = folder.path("seen");
  auto program
    = folder.write("server", "#!/bin/sh\nenv >'" + seen + "'\nexit 1\n");
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);

  // when a node starts it,
  auto result = obol_alone(
    {"serve", "--server-program", program, "--state-dir", folder.path("state")},
    {},
    {"OBOL_BASE_SECRET=" + std::string{planted_secret},
     "NOTIFY_SOCKET=/nonexistent"});
  EXPECT_EQ(result.code, 3) << result.err;

  // it knows where programs are, and nothing that is ours.
  std::ifstream file{seen};
  std::string variables{std::istreambuf_iterator<char>{file}, {}};
  EXPECT_THAT(variables, AllOf(HasSubstr("PATH="), Not(HasSubstr("OBOL_")),
                               Not(HasSubstr("NOTIFY_SOCKET"))));
}

TEST_F(ServeTest, ASecretThatWasGivenIsUsedAndNotKept) {
  node_.variables = {"OBOL_BASE_SECRET=" + std::string{planted_secret}};
  node_.start_ready();
  EXPECT_FALSE(std::filesystem::exists(node_.state_path("base_secret")));
}

TEST(ServeStartTest, WithoutAServerProgramTheErrorNamesThePackage) {
  scratch_folder folder;
  auto result
    = run_process("/usr/bin/env", {{"PATH=/nonexistent", OBOL_BINARY, "serve",
                                    "--state-dir", folder.path("state")},
                                   {},
                                   {}});
  EXPECT_EQ(result.code, 3);
  EXPECT_THAT(result.err, HasSubstr("apt install redis-server"));
}

TEST(ServeStartTest, WithoutRedisItIsValkeyThatIsStarted) {
  // Given a PATH with nothing but a Valkey that fails in a way of its own,
  scratch_folder folder;
  auto program = folder.write("valkey-server", "#!/bin/sh\nexit 77\n");
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);

  // when a node starts, that is what it hears of.
  auto result = run_process("/usr/bin/env",
                            {{"PATH=" + folder.path(""), OBOL_BINARY, "serve",
                              "--state-dir", folder.path("state")},
                             {},
                             {}});
  EXPECT_EQ(result.code, 3);
  EXPECT_THAT(result.err, HasSubstr("it ended with status 77"));
}

TEST_F(ServeTest, AServerThatDoesNotStartIsExitCodeThree) {
  // Given a file the server cannot read as its own,
  node_.start_ready();
  store_session(node_, "kept");
  node_.kill();
  auto files = node_.state_path("appendonlydir");
  for (const auto& entry : std::filesystem::directory_iterator{files})
    if (entry.path().extension() == ".manifest")
      std::ofstream{entry.path()} << "garbage\n";

  // when a node starts, it says what the server said.
  node_.start();
  EXPECT_EQ(node_.wait(), 3);
  EXPECT_THAT(node_.log(),
              AllOf(HasSubstr("the embedded server does not start"),
                    HasSubstr("manifest")));
}

// -- stopping -----------------------------------------------------------------

TEST_F(ServeTest, EverySignalToStopEndsItInOrder) {
  for (auto number : {SIGTERM, SIGINT, SIGHUP}) {
    node_.start_ready();
    auto server = node_.server_pid();
    node_.signal(number);
    EXPECT_EQ(node_.wait(), 0) << node_.log();
    EXPECT_THAT(node_.log(), AllOf(HasSubstr("msg=\"stopped\""),
                                   Not(HasSubstr("level=error"))));
    EXPECT_TRUE(is_gone(server));
  }
}

TEST_F(ServeTest, AStopThatTakesTooLongIsGivenUp) {
  // Given a server that does not react,
  node_.arguments = {"--drain-timeout", "200ms"};
  node_.start_ready();
  auto server = node_.server_pid();
  ::kill(server, SIGSTOP);

  // when the node is to stop, it ends all the same, and the server with it.
  node_.signal(SIGTERM);
  EXPECT_EQ(node_.wait(), 3);
  EXPECT_THAT(node_.log(), HasSubstr("drain_timeout"));
  EXPECT_TRUE(comes_true([server] { return is_gone(server); }));
}

TEST_F(ServeTest, ASecondSignalEndsItAtOnce) {
  // Given a stop that waits for a server that does not react,
  node_.arguments = {"--drain-timeout", "10min"};
  node_.start_ready();
  auto server = node_.server_pid();
  ::kill(server, SIGSTOP);
  node_.signal(SIGTERM);
  ASSERT_TRUE(node_.logs("stopping"));

  // when it is asked once more, it ends, and the server with it.
  node_.signal(SIGTERM);
  EXPECT_EQ(node_.wait(), 3);
  EXPECT_THAT(node_.log(), HasSubstr("asked for twice"));
  EXPECT_TRUE(comes_true([server] { return is_gone(server); }));
}
