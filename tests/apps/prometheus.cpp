#include "apps/prometheus.hpp"

#include "apps/http_client.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <unistd.h>

namespace obol::test {

namespace {

using clock = std::chrono::steady_clock;

constexpr std::chrono::seconds start_limit{30};
/// It reads every second, but others want the machine as well.
constexpr std::chrono::seconds value_limit{60};
constexpr std::chrono::milliseconds poll_interval{50};

std::optional<std::string> in_path(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::istringstream folders{path ? path : ""};
  for (std::string folder; std::getline(folders, folder, ':');)
    if (auto file = folder + '/' + program; ::access(file.c_str(), X_OK) == 0)
      return file;
  return std::nullopt;
}

std::string config_file(std::uint16_t target) {
  return "global: {scrape_interval: 1s, scrape_timeout: 1s}\n"
         "scrape_configs:\n"
         "  - job_name: obol\n"
         "    static_configs: [{targets: [\"127.0.0.1:"
         + std::to_string(target) + "\"]}]\n";
}

/// The program writes its log to stderr, of which the harness keeps nothing.
process_input command(const std::string& program, const scratch_folder& folder,
                      std::uint16_t target) {
  auto config = folder.write("prometheus.yml", config_file(target));
  return {{"-c", "exec \"$@\" 2>&1", "sh", program, "--config.file=" + config,
           "--storage.tsdb.path=" + folder.path("data"),
           "--web.listen-address=127.0.0.1:0"},
          {},
          {}};
}

std::string percent_encoded(const std::string& text) {
  std::string result;
  for (unsigned char c : text) {
    constexpr auto digits = "0123456789ABCDEF";
    if (std::isalnum(c)) {
      result += static_cast<char>(c);
    } else {
      result += '%';
      result += digits[c >> 4];
      result += digits[c & 15];
    }
  }
  return result;
}

} // namespace

std::optional<std::string> require_prometheus() {
  const char* named = std::getenv("OBOL_TEST_PROMETHEUS");
  auto result
    = named ? std::optional<std::string>{named} : in_path("prometheus");
  if (result && ::access(result->c_str(), X_OK) == 0)
    return result;
  std::cerr << "*** NOT TESTED WITH PROMETHEUS: OBOL_TEST_PROMETHEUS does not "
               "name one; run .ci/setup and export OBOL_TEST_PROMETHEUS="
               "\"$(.ci/setup --print-prometheus)\"\n";
  return std::nullopt;
}

std::string promtool_beside(const std::string& prometheus) {
  return prometheus.substr(0, prometheus.rfind('/') + 1) + "promtool";
}

prometheus_server::prometheus_server(const std::string& program,
                                     std::uint16_t target)
  : log_(folder_.path("log")),
    process_("/bin/sh", command(program, folder_, target), log_),
    port_(find_port()) {
}

std::string prometheus_server::wait_for(const std::string& query,
                                        const std::string& value) {
  auto limit = clock::now() + value_limit;
  for (;;) {
    auto last = ask(query);
    if (last == value || clock::now() > limit)
      return last;
    std::this_thread::sleep_for(poll_interval);
  }
}

std::uint16_t prometheus_server::find_port() {
  constexpr std::string_view before = "msg=\"Listening on\" address=127.0.0.1:";
  std::string log;
  for (auto limit = clock::now() + start_limit; clock::now() < limit;) {
    std::ifstream file{log_};
    log.assign(std::istreambuf_iterator<char>{file}, {});
    // Only a line that is whole names the whole port.
    if (auto at = log.find(before);
        at != log.npos && log.find('\n', at) != log.npos)
      return static_cast<std::uint16_t>(
        std::stoul(log.substr(at + before.size())));
    std::this_thread::sleep_for(poll_interval);
  }
  throw std::runtime_error{"Prometheus does not start: " + log};
}

std::string prometheus_server::ask(const std::string& query) const {
  auto answer
    = http_get(port_, "/api/v1/query?query=" + percent_encoded(query));
  if (answer.status != 200)
    return "status " + std::to_string(answer.status);
  auto document = nlohmann::json::parse(answer.body, nullptr, false);
  if (document.is_discarded())
    return "no JSON: " + answer.body;
  auto& series = document["data"]["result"];
  if (series.size() != 1)
    return std::to_string(series.size()) + " series";
  return series[0]["value"][1].get<std::string>();
}

} // namespace obol::test
