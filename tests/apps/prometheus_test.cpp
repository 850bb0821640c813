#include "apps/prometheus.hpp"
#include "apps/watched_store.hpp"

#include <gmock/gmock.h>

#include <memory>
#include <utility>

#include "support/server.hpp"

namespace obol::test {
namespace {

using namespace std::chrono_literals;

class PrometheusTest : public testing::Test {
protected:
  void SetUp() override {
    program_ = require_prometheus();
    if (!program_)
      GTEST_SKIP() << "no Prometheus on this machine";
  }

  std::optional<std::string> program_;
};

session login(const std::string& id) {
  session x;
  x.id = id;
  x.user_id = 42;
  x.created_at = x.refreshed_at = 1'000;
  x.refresh_expires_at = 4'102'444'800;
  return x;
}

std::string requests(const std::string& operation, const std::string& outcome) {
  return "obol_requests_total{operation=\"" + operation + "\",outcome=\""
         + outcome + "\"}";
}

TEST_F(PrometheusTest, PromtoolFindsNothingWrongWithTheText) {
  auto result
    = run_process(promtool_beside(*program_),
                  {{"check", "metrics"}, metrics{}.prometheus_text(), {}});
  EXPECT_EQ(result.code, 0) << result.out << result.err;
  EXPECT_EQ(result.out + result.err, "");
}

TEST_F(PrometheusTest, PromtoolIsNoRubberStamp) {
  auto result = run_process(
    promtool_beside(*program_),
    {{"check", "metrics"}, "# TYPE obol_wrong counter\nobol_wrong 1\n", {}});
  EXPECT_NE(result.code, 0);
}

/// On one server: which one does not matter here.
class PrometheusOnServerTest : public PrometheusTest {
protected:
  void SetUp() override {
    PrometheusTest::SetUp();
    if (IsSkipped())
      return;
    auto kind = require_server("redis-7");
    if (!kind)
      GTEST_SKIP() << "no redis-7 on this machine";
    server_ = std::make_unique<server>(std::move(*kind));
  }

  std::unique_ptr<server> server_;
};

TEST_F(PrometheusOnServerTest, KnowsWhatTheStoreDid) {
  // Given a store that a Prometheus watches
  watched_store world{options_at(server_->socket_path())};
  auto& store = world.store();
  ASSERT_TRUE(store.wait_ready(10s));
  prometheus_server watcher{*program_, world.port()};
  EXPECT_EQ(watcher.wait_for("up", "1"), "1");
  EXPECT_EQ(watcher.wait_for("obol_ready", "1"), "1");

  // When it does something
  auto stored = store.upsert(login("phone"));
  ASSERT_TRUE(stored);
  EXPECT_FALSE(store.upsert(login("phone")));
  for (int i = 0; i < 17; ++i)
    EXPECT_TRUE(store.get(stored->key()));
  for (int i = 0; i < 5; ++i)
    EXPECT_TRUE(store.get({"other", user_id{42}}));
  for (int i = 0; i < 3; ++i)
    EXPECT_FALSE(store.get({"l.odd", user_id{42}}));
  EXPECT_TRUE(store.remove(stored->key()));

  // Then it says the same.
  auto expect = [&](const std::string& query, const std::string& value) {
    EXPECT_EQ(watcher.wait_for(query, value), value) << query;
  };
  expect(requests("delete", "ok"), "1");
  expect(requests("upsert", "ok"), "1");
  expect(requests("upsert", "conflict"), "1");
  expect(requests("get", "ok"), "17");
  expect(requests("get", "not_found"), "5");
  expect(requests("get", "invalid_argument"), "3");
  expect("sum(obol_requests_total)", "28");
  expect("obol_request_duration_seconds_count{operation=\"get\"}", "22");
  expect("obol_server_duration_seconds_bucket{operation=\"get\",le=\"+Inf\"}",
         "22");
  expect("sum(obol_pool_connections)", "10");
  expect("sum(obol_functions_loaded_total)", "1");
  expect("count(obol_build_info)", "1");
  expect("process_start_time_seconds > bool 1500000000", "1");
  expect("histogram_quantile(0.5, sum by (le) "
         "(obol_server_duration_seconds_bucket)) > bool 0",
         "1");
}

TEST_F(PrometheusOnServerTest, KnowsThatTheServerIsGone) {
  watched_store world{options_at(server_->socket_path())};
  ASSERT_TRUE(world.store().wait_ready(10s));
  prometheus_server watcher{*program_, world.port()};
  EXPECT_EQ(watcher.wait_for("obol_ready", "1"), "1");
  server_->kill();
  EXPECT_EQ(watcher.wait_for("obol_ready", "0"), "0");
  EXPECT_EQ(watcher.wait_for("up", "1"), "1");
  EXPECT_EQ(watcher.wait_for("obol_reconnects_total{reason=\"broken\"}", "10"),
            "10");
  EXPECT_EQ(world.get("/readyz").status, 503);
}

} // namespace
} // namespace obol::test
