#include "bench/redis_benchmark.hpp"

#include "bench/child_process.hpp"
#include "bench/server_figures.hpp"
#include "servers/find_program.hpp"
#include "obol/function_library.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <unistd.h>

namespace obol::bench {

namespace {

constexpr const char* names[] = {"redis-benchmark", "valkey-benchmark"};

constexpr const char* connections = "10";

/// What the program replaces by twelve digits, others each time.
constexpr const char* random_number = "__rand_int__";

/// So many that two calls hardly ever choose the same user.
constexpr const char* random_bound = "2000000000";

constexpr std::size_t columns = 8;

/// How many requests show how fast it goes.
constexpr double probe_requests = 5'000;

/// The last line of its CSV output, from the column after the name on. The name
/// holds the command, commas and all, so columns are counted from the end.
std::vector<double> numbers_in(const std::string& csv) {
  auto end = csv.find_last_not_of('\n');
  if (end == std::string::npos)
    return {};
  auto line = csv.substr(0, end + 1);
  std::vector<double> result;
  while (result.size() < columns - 1) {
    auto open = line.rfind(",\"");
    if (open == std::string::npos)
      return {};
    result.insert(result.begin(),
                  std::strtod(line.c_str() + open + 2, nullptr));
    line.resize(open);
  }
  return result;
}

std::vector<std::string> address_of(const endpoint& x) {
  if (x.kind == endpoint::kind::unix_socket)
    return {"-s", x.path};
  return {"-h", x.host, "-p", std::to_string(x.port)};
}

/// The words of a command in the form it travels.
std::vector<std::string> words_of(const std::string& command) {
  std::vector<std::string> result;
  for (auto at = command.find('$'); at != std::string::npos;) {
    auto size = std::strtoull(command.c_str() + at + 1, nullptr, 10);
    auto begin = command.find('\n', at) + 1;
    result.push_back(command.substr(begin, size));
    at = command.find('$', begin + size);
  }
  return result;
}

} // namespace

std::optional<std::string> redis_benchmark::find(const std::string& server) {
  auto folder = std::filesystem::path{server}.parent_path();
  for (auto name : names)
    if (!folder.empty() && ::access((folder / name).c_str(), X_OK) == 0)
      return (folder / name).string();
  for (auto name : names)
    if (auto found = servers::find_program(name))
      return found;
  return std::nullopt;
}

bool redis_benchmark::can_reach(const options& settings) {
  return settings.password.empty() && !settings.endpoint.tls;
}

measurement redis_benchmark::get(raw_link& link, const dataset& data,
                                 int pipeline, std::chrono::nanoseconds time) {
  return measure(link, "get",
                 words_of(data.commands().get(data.key(0)).bytes()), pipeline,
                 time);
}

measurement redis_benchmark::upsert(raw_link& link, const dataset& data,
                                    int pipeline,
                                    std::chrono::nanoseconds time) {
  auto sample = data.fresh(0);
  sample.lock_version = 1;
  auto stored = data.make_sealer().seal(sample);
  if (!stored)
    throw bench_failure{"a session cannot be sealed"};
  // No zero byte passes through the arguments of a program; the function does
  // not look into the bytes.
  std::string filler(stored->size(), 'x');
  sample.user_id = std::string{random_number};
  return measure(link, "upsert",
                 words_of(data.upsert(sample, filler, 1).bytes()), pipeline,
                 time);
}

measurement redis_benchmark::measure(raw_link& link, const std::string& name,
                                     std::vector<std::string> command,
                                     int pipeline,
                                     std::chrono::nanoseconds time) {
  auto seconds = std::chrono::duration<double>(time).count();
  auto& what = loads_[name + std::to_string(pipeline)];
  what.command = std::move(command);
  if (what.rate == 0)
    run(link, what, pipeline, probe_requests);
  return run(link, what, pipeline, std::max(1'000.0, what.rate * seconds));
}

measurement redis_benchmark::run(raw_link& link, load& what, int pipeline,
                                 double requests) {
  std::vector<std::string> words{program_};
  for (auto& x : address_of(settings_.endpoint))
    words.push_back(x);
  words.insert(words.end(), {"--dbnum", std::to_string(settings_.database),
                             "-c", connections, "-P", std::to_string(pipeline),
                             "-n", std::to_string(std::llround(requests)), "-r",
                             random_bound, "--csv"});
  words.insert(words.end(), what.command.begin(), what.command.end());
  auto server_before = server_cpu(link);
  auto result = run_child(words);
  auto server_after = server_cpu(link);
  auto numbers = result ? numbers_in(result->out) : std::vector<double>{};
  measurement x;
  x[metric::failures] = 0;
  if (!result || !result->succeeded || numbers.empty()) {
    x[metric::failures] = 1;
    return x;
  }
  what.rate = std::max(1.0, numbers[0]);
  // Latencies come in milliseconds: average, minimum, then percentiles.
  x[metric::rate] = numbers[0];
  x[metric::p50] = 1e3 * numbers[3];
  x[metric::p99] = 1e3 * numbers[5];
  x[metric::longest] = 1e3 * numbers[6];
  x[metric::client_cpu] = result->cpu_us / requests;
  x[metric::server_cpu] = (server_after - server_before) / requests;
  x[metric::switches] = result->switches / requests;
  return x;
}

} // namespace obol::bench
