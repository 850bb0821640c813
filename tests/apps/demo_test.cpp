#include "apps/cli_test.hpp"
#include "apps/patience.hpp"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <chrono>
#include <cstring>
#include <filesystem>
#include <thread>
#include <unistd.h>

using namespace obol::test;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

namespace {

/// A connection to that Unix socket, or -1.
int connect_to(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
  auto socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address))
      == 0)
    return socket;
  ::close(socket);
  return -1;
}

class DemoTest : public testing::Test {
protected:
  void SetUp() override {
    // The demo finds it in PATH by itself.
    if (!require_server("redis-7"))
      GTEST_SKIP() << "no redis-7 on this machine";
  }

  /// Where the demo's server lies, if it does.
  std::string state() const {
    return folder_.path("obol/demo");
  }

  bool is_tidy() const {
    return !std::filesystem::exists(state());
  }

  scratch_folder folder_;
  std::vector<std::string> variables_{"XDG_STATE_HOME=" + folder_.path("")};
};

class DemoOnServerTest : public cli_test {};

INSTANTIATE_TEST_SUITE_P(Servers, DemoOnServerTest,
                         testing::Values("redis-8", "valkey-9"),
                         server_test_name);

const auto shows_every_step = AllOf(
  HasSubstr("1. User 42 logs in"), HasSubstr("2. The phone refreshes"),
  HasSubstr("3. Two services"), HasSubstr("conflict"),
  HasSubstr("4. Where is user 42"), HasSubstr("5. User 42 logs out on"),
  HasSubstr("6. A refresh of the tablet"), HasSubstr("gone"),
  HasSubstr("7. User 42 logs out everywhere"), HasSubstr("8. Somebody removes"),
  HasSubstr("9. 50 clients"), HasSubstr(" a second"),
  HasSubstr("Every step ended as it should"), Not(HasSubstr("UNEXPECTED")));

} // namespace

TEST_F(DemoTest, EveryStepIsShownAndNothingIsLeft) {
  auto result = obol_alone({"demo"}, {}, variables_);
  EXPECT_EQ(result.code, 0) << result.out << result.err;
  EXPECT_THAT(result.out, shows_every_step);
  EXPECT_THAT(result.out, HasSubstr("FUNCTION FLUSH"));
  // On a starved machine a connection may be warned about and renewed.
  EXPECT_THAT(result.err, Not(HasSubstr("level=error")));
  EXPECT_TRUE(is_tidy());
}

TEST_F(DemoTest, TheServerEndsWithADemoThatIsKilled) {
  // Given a demo whose server runs,
  background_process demo{
    OBOL_BINARY, {{"demo"}, {}, variables_}, folder_.path("out")};
  int connection = -1;
  ASSERT_TRUE(comes_true([&] {
    connection = connect_to(state() + "/socket");
    return connection >= 0;
  }));

  // when it is killed,
  demo.kill();

  // the server closes its connections,
  char byte = 0;
  EXPECT_LE(::recv(connection, &byte, 1, 0), 0);
  ::close(connection);

  // and the next demo uses its directory, and removes it.
  EXPECT_EQ(obol_alone({"demo"}, {}, variables_).code, 0);
  EXPECT_TRUE(is_tidy());
}

TEST_F(DemoTest, WithoutAServerProgramTheErrorNamesThePackage) {
  auto result
    = run_process("/usr/bin/env",
                  {{"PATH=/nonexistent", OBOL_BINARY, "demo"}, {}, variables_});
  EXPECT_EQ(result.code, 3);
  EXPECT_THAT(result.err, HasSubstr("apt install redis-server"));
  EXPECT_TRUE(is_tidy());
}

TEST_P(DemoOnServerTest, ANamedServerIsUsedUnderAPrefixOfItsOwn) {
  // Given a server with a function library of somebody else,
  server_->command({"FUNCTION", "LOAD",
                    "#!lua name=theirs\nredis.register_function('theirs', "
                    "function() return 1 end)"});

  // when the demo runs there,
  auto result = obol({"demo"});
  EXPECT_EQ(result.code, 0) << result.out << result.err;
  EXPECT_THAT(result.out, shows_every_step);

  // that library and all other keys are left alone.
  EXPECT_THAT(result.out, HasSubstr("not ours alone"));
  EXPECT_EQ(server_->command({"FCALL", "theirs", "0"}), 1);
  for (const auto& key : server_->command({"KEYS", "*"}).texts())
    EXPECT_THAT(key, StartsWith("obol_demo_"));
}
