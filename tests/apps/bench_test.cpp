#include "apps/cli_test.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>

using namespace obol::test;
using nlohmann::json;
using testing::AllOf;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

// Benchmarks run here as benchmarks: that they measure, not what.

namespace {

class BenchOnServerTest : public cli_test {
protected:
  /// Measures for a moment on the test's server and reads the JSON document.
  json measure(std::vector<std::string> flags, const char* seconds = "0.05") {
    flags.insert(flags.begin(), {"bench", "--json", "--rounds", "1",
                                 "--seconds", seconds, "--sessions", "50"});
    auto result = obol(std::move(flags));
    EXPECT_EQ(result.code, 0) << result.err;
    EXPECT_THAT(result.err, IsEmpty());
    return json::parse(result.out, nullptr, false);
  }

  /// Nothing that was measured is left behind, but for what was there.
  void expect_tidy() {
    EXPECT_THAT(server_->command({"KEYS", "*"}).texts(),
                Each(StartsWith("theirs")));
  }
};

INSTANTIATE_TEST_SUITE_P(Servers, BenchOnServerTest,
                         testing::ValuesIn(all_server_names()),
                         server_test_name);

/// The cell of that name; null if there is none.
json cell(const json& report, const std::string& name) {
  for (const auto& x : report.at("cells"))
    if (x.at("name") == name)
      return x;
  return nullptr;
}

double median(const json& report, const std::string& name,
              const std::string& metric) {
  auto found = cell(report, name);
  if (found.is_null())
    return -1;
  auto value = found.at("medians").at(metric).at("median");
  return value.is_null() ? -1 : value.get<double>();
}

} // namespace

TEST_P(BenchOnServerTest, ClosedLoopsAreMeasuredBesideYardsticks) {
  server_->command({"SET", "theirs", "1"});
  auto report = measure({"--clients", "1,12", "--workloads",
                         "get,miss,login,refresh,upsert,list,mixed"});
  ASSERT_TRUE(report.is_object());

  // Every workload has cells by actors and by threads, in which all went well,
  for (auto what :
       {"get", "miss", "login", "refresh", "upsert", "list", "mixed"}) {
    for (auto who : {"/actors/1", "/actors/12", "/facade/1", "/facade/12",
                     "/callbacks/1", "/callbacks/12"}) {
      auto name = std::string{what} + who;
      EXPECT_GT(median(report, name, "operations_per_second"), 0) << name;
      EXPECT_EQ(median(report, name, "failures"), 0) << name;
    }
  }

  // plain hiredis does the same on the same server,
  for (auto name : {"get/hiredis/1", "get/hiredis-64-verified",
                    "upsert/hiredis-64-verified"}) {
    EXPECT_GT(median(report, name, "operations_per_second"), 0) << name;
    EXPECT_EQ(median(report, name, "failures"), 0) << name;
  }

  // and others' data is left alone.
  EXPECT_FALSE(report.at("ratios").empty());
  EXPECT_GT(report.at("peak_memory_bytes"), 0);
  expect_tidy();
}

TEST_P(BenchOnServerTest, OpenLoopsSendAtTheirRateAndThePlotShowsThem) {
  auto plot = folder_.path("plot.svg");
  auto report = measure({"--open", "20", "--workloads", "get", "--by",
                         "actors,callbacks", "--plot", plot, "--idle", "0.05"});
  ASSERT_TRUE(report.is_object());

  // The rate is a share of the maximum, whatever became of the requests.
  for (std::string way : {"actors", "callbacks"}) {
    auto maximum
      = median(report, "get/maximum-" + way + "/200", "operations_per_second");
    auto rate = median(report, "get/open-20%/" + way, "operations_per_second");
    EXPECT_GT(rate, 0);
    EXPECT_LT(rate, maximum);
    EXPECT_GT(median(report, "get/open-20%/hiredis, beside " + way, "p99_us"),
              0);
  }

  // How quiet the machine is, before and after.
  auto& figures = report.at("figures");
  auto stall = std::find_if(figures.begin(), figures.end(), [](auto& x) {
    return x.at("name") == "the machine, without load: longest stall";
  });
  ASSERT_NE(stall, figures.end());
  EXPECT_EQ(stall->at("rounds").size(), 2u);

  std::ifstream file{plot};
  std::string drawn{std::istreambuf_iterator<char>{file}, {}};
  EXPECT_THAT(drawn, AllOf(StartsWith("<svg"), HasSubstr("get, open loop"),
                           HasSubstr("actors, p99.9"), HasSubstr("</svg>")));
  expect_tidy();
}

TEST_P(BenchOnServerTest, ServerTimeAndGrowthAreReported) {
  auto report = measure(
    {"--server-time", "--growth", "--stored", "20,200", "--per-user", "1,20"});
  ASSERT_TRUE(report.is_object());
  EXPECT_GT(median(report, "get/of 200", "operations_per_second"), 0);
  EXPECT_GT(median(report, "list/of 20", "operations_per_second"), 0);
  auto& figures = report.at("figures");
  auto ratio = std::find_if(figures.begin(), figures.end(), [](auto& x) {
    return x.at("name") == "server time of a refresh, exactly_once : charon";
  });
  ASSERT_NE(ratio, figures.end());
  EXPECT_GT(ratio->at("median"), 0);
  expect_tidy();
}

TEST_P(BenchOnServerTest, NodesAreMeasuredBesideAMereEcho) {
  // Five processes share the machine with all other tests.
  auto report = measure({"--remote", "1,20"}, "0.3");
  ASSERT_TRUE(report.is_object());

  // Gets in this process, by nodes, and echoes, plain and with TLS, went well,
  for (std::string who : {"actors", "echo", "remote", "echo-tls", "remote-tls"})
    for (std::string outstanding : {"/1", "/20"}) {
      auto name = "get/" + who + outstanding;
      EXPECT_GT(median(report, name, "operations_per_second"), 0) << name;
      EXPECT_EQ(median(report, name, "failures"), 0) << name;
    }

  // are compared, and say what the other process used.
  auto has = [](const json& list, const std::string& name) {
    return std::any_of(list.begin(), list.end(), [&](auto& x) {
      return x.at("name") == name && x.at("median") > 0;
    });
  };
  EXPECT_TRUE(has(report.at("ratios"), "get/remote/20 : get/echo/20"));
  EXPECT_TRUE(has(report.at("ratios"), "get/remote-tls/1 : get/echo-tls/1"));
  EXPECT_TRUE(
    has(report.at("figures"), "get/remote/20, processor time over there"));
  expect_tidy();
}

TEST_P(BenchOnServerTest, HistoriesAreHeldAgainstTheRules) {
  auto report
    = measure({"--verify", "--clients", "1,12", "--workloads", "mixed,upsert"});
  ASSERT_TRUE(report.is_object());
  EXPECT_TRUE(report.at("violations").empty());
  for (const auto& figure : report.at("figures"))
    EXPECT_GT(figure.at("median"), 100) << figure.at("name");
  EXPECT_FALSE(report.at("figures").empty());
  expect_tidy();
}

#ifdef OBOL_BENCH_DIR

TEST(BenchTest, ThePurePartsAreMeasured) {
  auto result = run_process(
    std::string{OBOL_BENCH_DIR} + "/obol_benchmarks",
    {{"--benchmark_format=json", "--benchmark_min_time=0.001"}, {}, {}});
  EXPECT_EQ(result.code, 0) << result.err;
  auto report = json::parse(result.out, nullptr, false);
  ASSERT_TRUE(report.is_object());
  EXPECT_GE(report.at("benchmarks").size(), 15u);
}

TEST(BenchTest, AllocationsAreCounted) {
  auto server = require_server("redis-7");
  if (!server)
    GTEST_SKIP() << "no redis-7 on this machine";
  auto result = run_process(std::string{OBOL_BENCH_DIR} + "/obol_allocations",
                            {{"500"}, {}, {}});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("heap allocations for one get"),
                                HasSubstr("waiting requests")));
}

#endif

TEST(BenchTest, WrongFlagsAreNamed) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> lines{
    {{"--workloads", "fly"}, "--workloads fly"},
    {{"--clients", "0"}, "--clients 0"},
    {{"--clients", "1,,2"}, "--clients 1,,2"},
    {{"--by", "magic"}, "--by magic"},
    {{"--seconds", "0"}, "--seconds 0"},
    {{"--seconds", "1s"}, "--seconds 1s"},
    {{"--rounds", "-1"}, "--rounds -1"},
    {{"--open", "101"}, "--open 101"},
    {{"--payload", "1e9"}, "--payload 1e9"},
    {{"--yardsticks", "maybe"}, "--yardsticks maybe"},
    {{"--scheduler", "fifo"}, "--scheduler fifo"},
    {{"--scheduler", "stealing", "--by", "facade"}, "--scheduler stealing"},
    {{"--processors", "mine"}, "--processors mine"},
    {{"--processors", "apart", "--redis", "unix:///nonexistent"},
     "--processors apart"},
    {{"--redis-benchmark", "/nonexistent"}, "--redis-benchmark"},
    {{"--remote", "0"}, "--remote 0"},
    {{"--idle", "long"}, "--idle long"},
    {{"--verify", "--open", "30"}, "--verify and --open"},
    {{"--plot", "/nonexistent/plot.svg"}, "--plot"},
    {{"--type", "full"}, "--type means nothing"},
  };
  for (auto [flags, complaint] : lines) {
    flags.insert(flags.begin(), "bench");
    auto result = obol_alone(flags);
    EXPECT_EQ(result.code, 2) << complaint;
    EXPECT_THAT(result.err, AllOf(HasSubstr("obol: "), HasSubstr(complaint)));
    EXPECT_THAT(result.out, IsEmpty());
  }
}

TEST(BenchTest, AServerThatCannotRunIsExitCodeThree) {
  auto result = obol_alone({"bench", "--server", "/nonexistent/server"});
  EXPECT_EQ(result.code, 3);
  EXPECT_THAT(result.err, HasSubstr("server program"));
}
