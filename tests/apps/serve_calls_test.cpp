#include "apps/cli_test.hpp"
#include "apps/http_client.hpp"
#include "apps/patience.hpp"
#include "apps/serve_process.hpp"
#include "obol/error.hpp"
#include "obol/facade.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <ctime>
#include <future>
#include <mutex>
#include <optional>

using namespace obol;
using namespace obol::test;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

namespace {

/// What must not appear in any log.
constexpr const char* planted_id = "planted-session-id";

/// A process that calls a node, and the node.
class ServeCallsTest : public testing::Test {
protected:
  void SetUp() override {
    auto kind = require_server("redis-7");
    if (!kind)
      GTEST_SKIP() << "no redis-7 on this machine";
    kind_ = *kind;
  }

  facade connect() {
    remote_options settings;
    settings.nodes = {{"127.0.0.1", node_.port()}};
    auto store = facade::connect(std::move(settings),
                                 [this](log_level, auto who, auto what) {
                                   std::lock_guard guard{mutex_};
                                   client_log_ += who;
                                   client_log_ += what;
                                 });
    if (!store)
      throw std::runtime_error{describe(store.error())};
    EXPECT_TRUE(store->wait_ready(10s));
    return std::move(*store);
  }

  static session sample() {
    session x;
    x.id = planted_id;
    x.user_id = user_id{"planted-user"};
    x.created_at = x.refreshed_at = std::time(nullptr);
    x.refresh_expires_at = x.created_at + 3'600;
    x.refresh_token_id = "planted-token";
    x.extra_payload.set("pet", etf::term{std::string{"planted-payload"}});
    return x;
  }

  server_kind kind_;
  serve_process node_;
  std::mutex mutex_;
  std::string client_log_;
};

} // namespace

TEST_F(ServeCallsTest, OtherProcessesStoreReadListAndRemove) {
  node_.start_ready();
  auto store = connect();
  auto x = sample();

  auto stored = store.upsert(x);
  ASSERT_TRUE(stored) << describe(stored.error());
  EXPECT_EQ(stored->lock_version, 1);
  auto found = store.get(x.key());
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->extra_payload, x.extra_payload);
  auto again = store.upsert(x);
  ASSERT_FALSE(again);
  EXPECT_EQ(code_of(again.error()), ec::conflict);
  auto all = store.get_all({x.user_id});
  ASSERT_TRUE(all);
  EXPECT_EQ(all->size(), 1u);
  auto gone = store.remove(x.key());
  ASSERT_TRUE(gone);
  EXPECT_EQ(*gone, 1);
  auto late = store.upsert(*stored);
  ASSERT_FALSE(late);
  EXPECT_EQ(code_of(late.error()), ec::gone);
}

TEST_F(ServeCallsTest, NoLogHoldsAnIdAKeyOrAPayload) {
  // Given a node that logs all it can, and a secret,
  node_.arguments = {"--log-level", "debug"};
  node_.variables = {"OBOL_BASE_SECRET=" + std::string{planted_secret}};
  node_.start_ready();
  {
    auto store = connect();
    auto x = sample();

    // when sessions are stored, read and removed, by requests that succeed and
    // by some that are refused, with the server and without,
    EXPECT_TRUE(store.upsert(x));
    EXPECT_TRUE(store.get(x.key()));
    x.refresh_expires_at = 1;
    EXPECT_FALSE(store.upsert(x));
    x.type = "planted.type";
    EXPECT_FALSE(store.upsert(x));
    EXPECT_TRUE(store.remove(sample().key()));
    ::kill(node_.server_pid(), SIGKILL);
    static_cast<void>(store.get(sample().key(), 500ms));
    static_cast<void>(store.upsert(sample(), 500ms));
  }
  node_.signal(SIGTERM);
  EXPECT_EQ(node_.wait(), 0);

  // no line of either side has anything of them.
  EXPECT_THAT(node_.log(), HasSubstr("level=debug"));
  EXPECT_THAT(node_.log(), Not(HasSubstr("planted")));
  EXPECT_THAT(client_log_, Not(HasSubstr("planted")));
}

TEST_F(ServeCallsTest, AStopFinishesTheCallsUnderWay) {
  // Given a call whose server does not answer yet,
  server redis{kind_};
  node_.arguments
    = {"--redis", "unix://" + redis.socket_path(), "--command-timeout", "10s"};
  node_.variables = {"OBOL_BASE_SECRET=" + std::string{planted_secret}};
  node_.start_ready();
  auto store = connect();
  ASSERT_TRUE(store.upsert(sample()));
  redis.freeze();
  std::promise<caf::expected<std::optional<session>>> answer;
  store.get(
    sample().key(), [&](auto x) { answer.set_value(std::move(x)); }, 10s);
  ASSERT_TRUE(comes_true([this] {
    auto text = http_get(node_.metrics_port(), "/metrics").body;
    return text.find("obol_pool_in_flight_requests 1\n") != std::string::npos;
  }));

  // when the node is told to stop, it says that it is no longer to be asked,
  node_.signal(SIGTERM);
  ASSERT_TRUE(node_.logs("stopping"));
  EXPECT_TRUE(comes_true([this] {
    return http_get(node_.metrics_port(), "/readyz").status == 503;
  }));

  // and ends when that call has its answer.
  redis.thaw();
  auto found = answer.get_future().get();
  ASSERT_TRUE(found) << describe(found.error());
  EXPECT_TRUE(*found);
  EXPECT_EQ(node_.wait(), 0) << node_.log();
}
