#include "obol/internal/metric_table.hpp"

#include "obol/internal/process_start.hpp"

#include <caf/config.hpp>

#include <string>
#include <utility>

namespace obol::internal {

namespace {

using labels = std::vector<metric_label>;

double number(std::uint64_t x) {
  return static_cast<double>(x);
}

/// All values of an enumeration that counts from 0.
template <class Enum, std::size_t N>
std::array<Enum, N> all() {
  std::array<Enum, N> result{};
  for (std::size_t i = 0; i < N; ++i)
    result[i] = static_cast<Enum>(i);
  return result;
}

constexpr auto all_kinds = all<request_kind, request_kind_count>;
constexpr auto all_outcomes = all<request_outcome, request_outcome_count>;

metric_family single(std::string name, metric_type type, std::string help,
                     double value, labels names = {}) {
  return {
    std::move(name), std::move(help), type, {{"", std::move(names), value}}};
}

// -- requests -----------------------------------------------------------------

metric_family requests(const request_totals& totals) {
  metric_family result{"obol_requests_total",
                       "Requests that ended, by operation and outcome.",
                       metric_type::counter,
                       {}};
  for (auto kind : all_kinds())
    for (auto outcome : all_outcomes()) {
      auto count = totals.of(kind).outcomes[static_cast<std::size_t>(outcome)];
      result.samples.push_back(
        {"",
         {{"operation", label_of(kind)}, {"outcome", label_of(outcome)}},
         number(count)});
    }
  return result;
}

void put_histogram(metric_family& out, const char* operation,
                   const request_totals::latency& x) {
  auto put = [&](const char* suffix, labels more, double value) {
    more.insert(more.begin(), {"operation", operation});
    out.samples.push_back({suffix, std::move(more), value});
  };
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < x.buckets.size(); ++i) {
    count += x.buckets[i];
    put(
      "_bucket",
      {{"le", i < latency_buckets.size() ? latency_buckets[i].label : "+Inf"}},
      number(count));
  }
  put("_sum", {}, number(x.nanoseconds) / 1e9);
  put("_count", {}, number(count));
}

metric_family latencies(std::string name, std::string help,
                        const request_totals& totals,
                        request_totals::latency request_totals::kind::*which) {
  metric_family result{
    std::move(name), std::move(help), metric_type::histogram, {}};
  for (auto kind : all_kinds())
    put_histogram(result, label_of(kind), totals.of(kind).*which);
  return result;
}

// -- the pool -----------------------------------------------------------------

metric_family connections(const store_metrics::pool_gauges& x) {
  auto state = [](const char* name, std::uint32_t count) {
    return metric_sample{"", {{"state", name}}, number(count)};
  };
  return {"obol_pool_connections",
          "Connections of the pool, overflow included, by state.",
          metric_type::gauge,
          {state("idle", x.counts.idle), state("busy", x.counts.busy),
           state("connecting", x.counts.connecting),
           state("draining", x.draining)}};
}

// -- what happens seldom ------------------------------------------------------

template <class Enum, std::size_t N, class Name>
metric_family by_reason(std::string name, std::string help,
                        const enum_counts<Enum, N>& counts, Name name_of) {
  metric_family result{
    std::move(name), std::move(help), metric_type::counter, {}};
  for (auto reason : all<Enum, N>())
    result.samples.push_back(
      {"", {{"reason", name_of(reason)}}, number(counts.of(reason))});
  return result;
}

metric_family restarts(const counters& x) {
  metric_family result{
    "obol_restarts_total",
    "Actors that ended unexpectedly and were started again, by how they ended.",
    metric_type::counter,
    {}};
  for (auto who : all<restarted_actor, restarted_actor_count>())
    for (auto reason : all<restart_reason, restart_reason_count>())
      result.samples.push_back(
        {"",
         {{"actor", label_of(who)}, {"reason", label_of(reason)}},
         number(x.restarts[static_cast<std::size_t>(who)].of(reason))});
  return result;
}

void put_counters(std::vector<metric_family>& out, const counters& x) {
  auto label = [](auto reason) { return label_of(reason); };
  out.push_back(single("obol_connection_attempts_total", metric_type::counter,
                       "Connections that were begun, also those that failed.",
                       number(x.connections_opened.load())));
  out.push_back(by_reason("obol_reconnects_total",
                          "Connections that ended and were begun anew, by why.",
                          x.reconnects, label));
  out.push_back(restarts(x));
  out.push_back(by_reason("obol_functions_loaded_total",
                          "How often functions were loaded into the server, by "
                          "what had found them missing.",
                          x.functions_loaded, label));
  out.push_back(by_reason("obol_sessions_ignored_total",
                          "Stored sessions that counted as none, by why.",
                          x.ignored,
                          [](auto reason) { return to_string(reason); }));
}

std::string caf_version() {
  return std::to_string(CAF_VERSION / 10'000) + "."
         + std::to_string(CAF_VERSION / 100 % 100) + "."
         + std::to_string(CAF_VERSION % 100);
}

} // namespace

std::vector<metric_family> metrics_of(const store_metrics& store) {
  auto gauge = metric_type::gauge;
  auto totals = store.totals();
  auto pool = store.gauges();
  std::vector<metric_family> result{
    requests(totals),
    latencies("obol_request_duration_seconds",
              "From when the store took a request until its answer.", totals,
              &request_totals::kind::request_time),
    latencies("obol_server_duration_seconds",
              "From when a command was put on a connection until its reply.",
              totals, &request_totals::kind::server_time),
    single("obol_ready", gauge, "Whether a connection takes requests: 1 or 0.",
           pool.ready ? 1 : 0),
    connections(pool),
    single("obol_pool_overflow_connections", gauge,
           "Connections beyond the pool's size.", pool.counts.overflow),
    single("obol_pool_waiting_requests", gauge,
           "Requests that wait in the pool.", pool.counts.waiting),
    single("obol_pool_in_flight_requests", gauge,
           "Requests that hold room on a connection.", pool.counts.in_flight),
  };
  put_counters(result, store.counters);
  result.push_back(single("obol_build_info", gauge,
                          "What this is built from; the value is always 1.", 1,
                          {{"version", OBOL_VERSION}, {"caf", caf_version()}}));
  result.push_back(single("process_start_time_seconds", gauge,
                          "When the process was started, in seconds since the "
                          "Unix epoch.",
                          process_start_seconds()));
  return result;
}

} // namespace obol::internal
