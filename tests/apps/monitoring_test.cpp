#include "apps/watched_store.hpp"

#include <caf/send.hpp>
#include <gmock/gmock.h>

#include <atomic>
#include <memory>

#include "monitoring/serve_metrics.hpp"
#include "support/server.hpp"

namespace obol::test {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class MonitoringTest : public server_test {
protected:
  void SetUp() override {
    server_test::SetUp();
    if (!IsSkipped())
      server_ = start();
  }

  options settings() const {
    return options_at(server_->socket_path());
  }

  std::unique_ptr<server> server_;
};

INSTANTIATE_TEST_SUITE_P(Servers, MonitoringTest,
                         testing::ValuesIn(all_server_names()),
                         server_test_name);

TEST(MonitoringWithoutServerTest, IsAliveButNotReadyAndSaysWhy) {
  watched_store world{options_at("/nonexistent/socket")};
  EXPECT_FALSE(world.store().wait_ready(50ms));
  EXPECT_EQ(world.get("/healthz").status, 200);
  auto ready = world.get("/readyz");
  EXPECT_EQ(ready.status, 503);
  EXPECT_THAT(ready.body,
              AllOf(StartsWith("not ready: "), HasSubstr("unavailable"),
                    Not(HasSubstr("nonexistent"))));
  EXPECT_EQ(world.get("/metrics").status, 200);
}

TEST(MonitoringWithoutServerTest, StoreThatHasEndedIsNotAlive) {
  watched_store world{options_at("/nonexistent/socket")};
  caf::anon_send_exit(world.store().actor(), caf::exit_reason::user_shutdown);
  // Answered behind the exit message, or by the framework.
  EXPECT_FALSE(world.store().wait_ready(50ms));
  auto health = world.get("/healthz");
  EXPECT_EQ(health.status, 503);
  EXPECT_EQ(health.body, "the store has ended\n");
  EXPECT_EQ(world.get("/readyz").status, 503);
}

TEST_P(MonitoringTest, IsReadyWhileRequestsCanBeServed) {
  watched_store world{settings()};
  ASSERT_TRUE(world.store().wait_ready(10s));
  EXPECT_EQ(world.get("/readyz").status, 200);
  EXPECT_EQ(world.get("/readyz").body, "ready\n");
}

TEST_P(MonitoringTest, IsNotReadyWhileItIsToBeLeftAlone) {
  std::atomic<bool> ending{false};
  watched_store world{settings(), [&] {
                        return ending ? std::string{"the node is stopping"}
                                      : std::string{};
                      }};
  ASSERT_TRUE(world.store().wait_ready(10s));
  EXPECT_EQ(world.get("/readyz").status, 200);
  ending = true;
  EXPECT_EQ(world.get("/readyz").status, 503);
  EXPECT_EQ(world.get("/readyz").body, "not ready: the node is stopping\n");
  EXPECT_EQ(world.get("/healthz").status, 200);
}

TEST_P(MonitoringTest, MetricsSayWhatWasDone) {
  watched_store world{settings()};
  ASSERT_TRUE(world.store().wait_ready(10s));
  for (int i = 0; i < 3; ++i)
    ASSERT_TRUE(world.store().get({"sid", user_id{42}}));
  auto metrics = world.get("/metrics");
  EXPECT_EQ(metrics.status, 200);
  EXPECT_THAT(metrics.head,
              HasSubstr("Content-Type: text/plain; version=0.0.4"));
  EXPECT_THAT(
    metrics.body,
    AllOf(HasSubstr("\nobol_requests_total{operation=\"get\",outcome=\"not_"
                    "found\"} 3\n"),
          HasSubstr("\nobol_request_duration_seconds_count{operation=\"get\"} "
                    "3\n"),
          HasSubstr("\nobol_server_duration_seconds_bucket{operation=\"get\","
                    "le=\"+Inf\"} 3\n"),
          HasSubstr("\nobol_pool_connections{state=\"idle\"} 10\n"),
          HasSubstr("\nobol_functions_loaded_total{reason=\"started\"} 1\n"),
          HasSubstr("\nobol_ready 1\n")));
}

} // namespace
} // namespace obol::test
