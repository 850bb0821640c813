#include "obol/metrics.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <set>
#include <sstream>

#include "support_actors/simulated_store.hpp"

namespace obol::test {
namespace {

using namespace std::chrono_literals;
using ending = memory_network::ending;
using testing::ElementsAre;
using testing::Pair;
using testing::UnorderedElementsAre;

std::string labels_of(const metric_sample& x) {
  std::string result;
  for (auto& label : x.labels)
    result += (result.empty() ? "" : ",") + label.value;
  return result;
}

class MetricsTest : public testing::Test {
protected:
  /// The values of a metric that are not 0, by suffix and labels.
  std::map<std::string, double> values(const std::string& name) {
    std::map<std::string, double> result;
    for (auto& family : sim.counts.collect())
      if (family.name == name)
        for (auto& x : family.samples)
          if (x.value != 0)
            result[x.suffix + labels_of(x)] = x.value;
    return result;
  }

  static std::vector<double> all_values(simulated_store& where,
                                        const std::string& name) {
    std::vector<double> result;
    for (auto& family : where.counts.collect())
      if (family.name == name)
        for (auto& x : family.samples)
          result.push_back(x.value);
    return result;
  }

  simulated_store sim;
};

// -- names --------------------------------------------------------------------

/// The first two columns of the table of metrics: name, without back quotes,
/// and type.
std::set<std::string> documented() {
  std::ifstream file{OBOL_SOURCE_DIR "/docs/metrics.md"};
  std::set<std::string> result;
  for (std::string line; std::getline(file, line);) {
    std::istringstream cells{line};
    std::string bar, name, second_bar, type;
    cells >> bar >> name >> second_bar >> type;
    if (type == "counter" || type == "gauge" || type == "histogram")
      result.insert(name.substr(1, name.size() - 2) + " " + type);
  }
  return result;
}

TEST_F(MetricsTest, DocumentListsExactlyWhatIsRendered) {
  std::set<std::string> rendered;
  std::istringstream text{sim.counts.prometheus_text()};
  for (std::string hash, word, name, type; text >> hash;)
    if (hash == "#" && text >> word && word == "TYPE" && text >> name >> type)
      rendered.insert(name + " " + type);
  EXPECT_EQ(documented(), rendered);
}

TEST_F(MetricsTest, DocumentListsEveryValueOfALabel) {
  std::ifstream file{OBOL_SOURCE_DIR "/docs/metrics.md"};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  for (auto& family : sim.counts.collect())
    for (auto& x : family.samples)
      for (auto& label : x.labels)
        if (label.name != "le" && family.name != "obol_build_info") {
          EXPECT_NE(text.find("`" + label.value + "`"), std::string::npos)
            << family.name << " has " << label.name << "=" << label.value;
        }
}

TEST_F(MetricsTest, EverySeriesIsThereBeforeAnythingHappens) {
  std::size_t before = 0;
  for (auto& family : sim.counts.collect())
    before += family.samples.size();
  sim.start_ready();
  sim.upsert(sim.sample());
  sim.get("sid");
  sim.run();
  std::size_t after = 0;
  for (auto& family : sim.counts.collect())
    after += family.samples.size();
  EXPECT_EQ(before, after);
}

TEST_F(MetricsTest, NoSampleHoldsAnIdAKeyOrAPayload) {
  sim.start_ready();
  auto x = sim.sample("planted-id");
  x.user_id = std::string{"planted-user"};
  x.refresh_token_id = "planted-token";
  sim.upsert(x);
  sim.get("planted-id");
  sim.run();
  EXPECT_EQ(sim.counts.prometheus_text().find("planted"), std::string::npos);
}

// -- requests -----------------------------------------------------------------

TEST_F(MetricsTest, RequestsAreCountedByOperationAndOutcome) {
  sim.start_ready();
  auto stored = sim.upsert(sim.sample());
  sim.run();
  sim.get("sid");
  sim.get("other");
  sim.get("l.odd");
  sim.upsert(sim.sample());
  sim.get_all();
  sim.run();
  sim.remove("sid");
  sim.run();
  sim.upsert(stored.value());
  sim.remove_all();
  sim.run();

  EXPECT_THAT(sim.counted(), UnorderedElementsAre(
                               Pair("get ok", 1), Pair("get not_found", 1),
                               Pair("get invalid_argument", 1),
                               Pair("upsert ok", 1), Pair("upsert conflict", 1),
                               Pair("upsert gone", 1), Pair("get_all ok", 1),
                               Pair("delete ok", 1), Pair("delete_all ok", 1)));
  EXPECT_EQ(sim.counted(), sim.told);
}

TEST_F(MetricsTest, TimesAreMeasuredFromTheRequestAndFromTheSending) {
  // Given a request whose reply takes 100 ms, and one that waits as long for
  // room and then 200 ms for its own
  auto settings = simulated_store::small_options();
  settings.pool.size = 1;
  settings.pool.max_overflow = 0;
  settings.pool.max_in_flight = 1;
  simulated_store narrow{std::move(settings)};
  narrow.start_ready();
  narrow.network->hold_replies(true);
  narrow.get("a");
  narrow.run();
  auto second = narrow.get("b");
  narrow.advance(100ms);
  narrow.network->hold_replies(false);
  narrow.network->pause_server(true);
  narrow.run();
  narrow.advance(200ms);
  narrow.network->pause_server(false);
  narrow.run();
  ASSERT_TRUE(second.is_here());

  // Then the second took 300 ms, of which the server took 200 ms.
  std::map<std::string, double> sums;
  for (auto& family : narrow.counts.collect())
    for (auto& x : family.samples)
      if (x.suffix == "_sum" && x.value > 0)
        sums[family.name + " " + labels_of(x)] = x.value;
  EXPECT_THAT(sums, ElementsAre(Pair("obol_request_duration_seconds get",
                                     testing::DoubleNear(0.1 + 0.3, 0.006)),
                                Pair("obol_server_duration_seconds get",
                                     testing::DoubleNear(0.1 + 0.2, 0.006))));
}

TEST_F(MetricsTest, BucketsAreCumulativeAndEndWithTheCount) {
  sim.start_ready();
  sim.get("sid");
  sim.network->pause_server(true);
  sim.run();
  sim.advance(30ms);
  sim.network->pause_server(false);
  sim.run();
  auto times = values("obol_request_duration_seconds");
  EXPECT_EQ(times.count("_bucketget,0.025"), 0u);
  for (auto step : {"0.05", "0.1", "10", "+Inf"})
    EXPECT_EQ(times["_bucketget," + std::string{step}], 1) << step;
  EXPECT_EQ(times["_countget"], 1);
}

TEST_F(MetricsTest, LateReplyIsTheServersTimeButNoSecondAnswer) {
  sim.start_ready();
  sim.network->hold_replies(true);
  auto late = sim.get("sid", 100ms);
  sim.advance(300ms);
  EXPECT_EQ(late.code(), ec::deadline_exceeded);
  sim.network->hold_replies(false);
  sim.run();
  EXPECT_EQ(sim.counted(), sim.told);
  EXPECT_EQ(values("obol_server_duration_seconds")["_countget"], 1);
  EXPECT_NEAR(values("obol_server_duration_seconds")["_sumget"], 0.3, 0.01);
}

// -- the pool -----------------------------------------------------------------

TEST_F(MetricsTest, GaugesShowThePoolAsItIs) {
  auto settings = simulated_store::small_options();
  settings.pool.max_in_flight = 1;
  simulated_store narrow{std::move(settings)};
  auto gauge = [&](const char* name) { return all_values(narrow, name); };
  // idle, busy, connecting, draining
  constexpr const char* connections = "obol_pool_connections";
  EXPECT_THAT(gauge(connections), ElementsAre(0, 0, 0, 0));
  EXPECT_THAT(gauge("obol_ready"), ElementsAre(0));
  narrow.start_ready();
  EXPECT_THAT(gauge(connections), ElementsAre(2, 0, 0, 0));
  EXPECT_THAT(gauge("obol_ready"), ElementsAre(1));

  narrow.network->hold_replies(true);
  for (int i = 0; i < 5; ++i)
    narrow.get("sid");
  narrow.run();
  EXPECT_THAT(gauge(connections), ElementsAre(0, 2, 1, 0));
  EXPECT_THAT(gauge("obol_pool_overflow_connections"), ElementsAre(1));
  EXPECT_THAT(gauge("obol_pool_waiting_requests"), ElementsAre(3));
  EXPECT_THAT(gauge("obol_pool_in_flight_requests"), ElementsAre(2));

  narrow.stop();
  EXPECT_THAT(gauge(connections), ElementsAre(0, 0, 0, 2));
  EXPECT_THAT(gauge("obol_pool_waiting_requests"), ElementsAre(0));
  EXPECT_THAT(gauge("obol_ready"), ElementsAre(0));
}

TEST_F(MetricsTest, NobodyWaitsInAPoolThatWasKilled) {
  auto settings = simulated_store::small_options();
  settings.pool.size = 1;
  settings.pool.max_overflow = 0;
  settings.pool.max_in_flight = 1;
  simulated_store narrow{std::move(settings)};
  narrow.start_ready();
  narrow.network->hold_replies(true);
  for (int i = 0; i < 3; ++i)
    narrow.get("sid");
  narrow.run();
  EXPECT_THAT(all_values(narrow, "obol_pool_waiting_requests"), ElementsAre(2));
  narrow.kill(narrow.actors("obol.pool").at(0));
  narrow.advance(1s);
  EXPECT_THAT(all_values(narrow, "obol_pool_waiting_requests"), ElementsAre(0));
}

TEST_F(MetricsTest, CountsOutliveTheStore) {
  sim.start_ready();
  sim.get("sid");
  sim.run();
  sim.stop();
  sim.store = nullptr;
  sim.run();
  EXPECT_EQ(sim.counted(), sim.told);
  EXPECT_EQ(values("obol_pool_connections").size(), 0u);
}

TEST_F(MetricsTest, SecondStoreCannotHaveTheCountsOfTheFirst) {
  sim.start_ready();
  simulated_store other;
  other.counts = sim.counts;
  EXPECT_EQ(code_of(other.try_start()), ec::invalid_argument);
}

// -- what happens seldom ------------------------------------------------------

TEST_F(MetricsTest, ReconnectsAreCountedByReason) {
  constexpr const char* name = "obol_reconnects_total";
  sim.network->refuse_connects(true);
  sim.start();
  sim.run();
  EXPECT_THAT(values(name), ElementsAre(Pair("connect_failed", 1)));
  sim.network->refuse_connects(false);
  sim.advance(1s);
  EXPECT_EQ(values("obol_connection_attempts_total")[""], 4);

  sim.network->drop_all(ending::broken);
  sim.advance(1s);
  EXPECT_EQ(values(name)["broken"], 2);

  sim.network->pause_server(true);
  sim.get("sid");
  sim.advance(600ms);
  EXPECT_EQ(values(name)["stalled"], 1);
  sim.advance(3s);
  EXPECT_GE(values(name)["connect_timeout"], 1);
  sim.network->pause_server(false);
  sim.advance(10s);

  sim.server.instead = [](auto& request) -> std::optional<std::string> {
    if (request.at(0) == "HELLO")
      return resp::error("WRONGPASS invalid username-password pair");
    if (request.at(0) == "HGET")
      return resp::error(
        "READONLY You can't write against a read only replica.");
    return std::nullopt;
  };
  sim.get("sid");
  sim.run();
  EXPECT_EQ(values(name)["unfit_server"], 1);
  sim.advance(1s);
  EXPECT_GE(values(name)["handshake_failed"], 1);
  sim.server.instead = nullptr;
}

TEST_F(MetricsTest, RenewalIsAReconnectButNoLoss) {
  sim.start_ready();
  sim.advance(40min);
  EXPECT_THAT(values("obol_reconnects_total"),
              ElementsAre(Pair("lifetime", 2)));
  EXPECT_EQ(sim.status().connections_lost, 0u);
}

TEST_F(MetricsTest, RestartsAreCountedByActorAndHowItEnded) {
  sim.start_ready();
  sim.kill(sim.actors("obol.connection").at(0));
  sim.advance(1s);
  sim.kill(sim.actors("obol.pool").at(0));
  sim.advance(1s);
  sim.kill(sim.actors("obol.registrar").at(0));
  sim.advance(1s);
  EXPECT_THAT(values("obol_restarts_total"),
              ElementsAre(Pair("connection,killed", 1), Pair("pool,killed", 1),
                          Pair("registrar,killed", 1)));
}

TEST_F(MetricsTest, EndOfTheStoreIsNoRestart) {
  sim.start_ready();
  sim.stop();
  EXPECT_TRUE(values("obol_restarts_total").empty());
}

TEST_F(MetricsTest, LoadedFunctionsAreCountedByWhatFoundThemMissing) {
  constexpr const char* name = "obol_functions_loaded_total";
  sim.start_ready();
  EXPECT_THAT(values(name), ElementsAre(Pair("started", 1)));

  // Flushed under a running store
  sim.server.libraries.clear();
  sim.upsert(sim.sample());
  sim.run();
  EXPECT_EQ(values(name)["functions_missing"], 1);

  // A restart without persistence
  sim.server.libraries.clear();
  sim.network->drop_all(ending::broken);
  sim.advance(1s);
  EXPECT_THAT(values(name),
              ElementsAre(Pair("functions_missing", 1), Pair("reconnected", 1),
                          Pair("started", 1)));
  EXPECT_EQ(sim.status().functions_loaded, 3u);
}

TEST_F(MetricsTest, IgnoredSessionsAreCountedByReason) {
  sim.start_ready();
  sim.upsert(sim.sample());
  sim.run();
  sim.server.sets[simulated_store::key]["sid"].stored.back() ^= 1;
  sim.get("sid");
  sim.run();
  EXPECT_THAT(values("obol_sessions_ignored_total"),
              ElementsAre(Pair("bad_signature", 1)));
}

TEST_F(MetricsTest, BuildAndStartOfTheProcessAreTold) {
  auto text = sim.counts.prometheus_text();
  EXPECT_NE(text.find("obol_build_info{version=\"0."), std::string::npos);
  EXPECT_NE(text.find(",caf=\"0.17."), std::string::npos);
  EXPECT_GT(values("process_start_time_seconds")[""], 1'500'000'000);
}

} // namespace
} // namespace obol::test
