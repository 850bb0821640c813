#include "apps/cli_test.hpp"
#include "apps/http_client.hpp"
#include "apps/listening_sockets.hpp"
#include "apps/notify_listener.hpp"
#include "apps/patience.hpp"
#include "apps/serve_process.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <csignal>
#include <sstream>

using namespace obol::test;
using testing::AllOf;
using testing::Each;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

namespace {

/// What surrounds a node: its manager, its monitoring, its network.
class ServeServiceTest : public testing::Test {
protected:
  void SetUp() override {
    if (!require_server("redis-7"))
      GTEST_SKIP() << "no redis-7 on this machine";
  }

  /// A node whose server is not there.
  void start_without_server() {
    node_.variables.insert(node_.variables.end(),
                           {"OBOL_REDIS=unix:///nonexistent/socket",
                            "OBOL_BASE_SECRET=" + std::string{planted_secret}});
    node_.start();
    ASSERT_TRUE(node_.logs("listening on ")) << node_.log();
  }

  serve_process node_;
};

} // namespace

// -- the network --------------------------------------------------------------

TEST_F(ServeServiceTest, OnlyLoopbackIsListenedOn) {
  node_.start_ready();
  // Peers and metrics; the embedded server has a Unix socket.
  EXPECT_THAT(listening_addresses(node_.pid()),
              AllOf(SizeIs(2), Each("127.0.0.1")));
  EXPECT_THAT(listening_addresses(node_.server_pid()), SizeIs(0));
}

TEST_F(ServeServiceTest, APortThatIsTakenIsNamedByItsOption) {
  node_.start_ready();
  auto taken = "127.0.0.1:" + std::to_string(node_.port());
  scratch_folder folder;
  auto other = [&](std::vector<std::string> more) {
    std::vector<std::string> words{
      "serve",    "--state-dir", folder.path("s"),
      "--listen", "127.0.0.1:0", "--metrics-listen",
      "off"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  auto words = other({});
  words[4] = taken;
  auto result = obol_alone(words);
  EXPECT_NE(result.code, 0);
  EXPECT_THAT(result.err, AllOf(HasSubstr("listen"), HasSubstr(taken)));
  words = other({});
  words[6] = taken;
  result = obol_alone(words);
  EXPECT_EQ(result.code, 3);
  EXPECT_THAT(result.err, HasSubstr("metrics_listen"));
}

// -- the service manager ------------------------------------------------------

TEST_F(ServeServiceTest, ReadinessStatusAndSignsOfLifeAreSent) {
  // Given a manager that expects a sign of life every second,
  notify_listener manager;
  node_.variables
    = {"NOTIFY_SOCKET=" + manager.address(), "WATCHDOG_USEC=1000000"};
  node_.start_ready();

  // it hears of readiness and status, and then again and again of life.
  EXPECT_TRUE(manager.hears("READY=1\n"));
  EXPECT_THAT(manager.all(), HasSubstr("STATUS=ready: redis"));
  EXPECT_TRUE(manager.hears("WATCHDOG=1\n"));
  EXPECT_TRUE(manager.hears("WATCHDOG=1\n"));

  // When the node is told to stop, the manager hears that too.
  node_.signal(SIGTERM);
  EXPECT_TRUE(manager.hears("STOPPING=1\n"));
  EXPECT_EQ(node_.wait(), 0);
}

TEST_F(ServeServiceTest, WithoutAServerReadinessIsNotSent) {
  // Given a node whose server cannot be reached,
  notify_listener manager;
  node_.variables
    = {"NOTIFY_SOCKET=" + manager.address(), "WATCHDOG_USEC=400000"};
  start_without_server();

  // it says why and ends in order, without a word of being ready.
  EXPECT_TRUE(manager.hears("STATUS=not ready: "));
  node_.signal(SIGTERM);
  EXPECT_TRUE(manager.hears("STOPPING=1\n"));
  EXPECT_THAT(manager.all(), Not(HasSubstr("READY=1")));
}

// -- monitoring ---------------------------------------------------------------

TEST_F(ServeServiceTest, MetricsAndHealthAreServed) {
  node_.start_ready();
  auto port = node_.metrics_port();
  EXPECT_EQ(http_get(port, "/healthz").status, 200);
  EXPECT_EQ(http_get(port, "/readyz").status, 200);
  EXPECT_THAT(http_get(port, "/metrics").body, HasSubstr("obol_"));
}

TEST_F(ServeServiceTest, ANodeWithoutItsServerIsNotReady) {
  start_without_server();
  EXPECT_EQ(http_get(node_.metrics_port(), "/healthz").status, 200);
  auto answer = http_get(node_.metrics_port(), "/readyz");
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.body, HasSubstr("not ready"));
}

// -- the log ------------------------------------------------------------------

TEST_F(ServeServiceTest, LinesOfJsonAreWrittenWhereWanted) {
  node_.arguments = {"--log-format", "json"};
  node_.start();
  ASSERT_TRUE(node_.logs("listening on "));
  node_.signal(SIGTERM);
  EXPECT_EQ(node_.wait(), 0);
  std::istringstream lines{node_.log()};
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    auto parsed = nlohmann::json::parse(line, nullptr, false);
    ASSERT_TRUE(parsed.is_object()) << line;
    for (auto field : {"time", "level", "actor", "msg"})
      EXPECT_TRUE(parsed.contains(field)) << line;
  }
  EXPECT_GT(count, 3);
}
