// Counts what a get takes from the heap, and what a request that waits holds
// there, with a store on a private server. Usage: obol_allocations
// [GETS [PROGRAM]]

#include "bench/bench_store.hpp"
#include "bench/dataset.hpp"
#include "bench/load_run.hpp"
#include "demo/private_server.hpp"
#include "obol/error.hpp"

#include <caf/send.hpp>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

#include "counting_allocator.hpp"
#include "echo.hpp"
#include "store_probe.hpp"

namespace {

using namespace obol;
using namespace obol::bench;

constexpr std::uint64_t default_gets = 20'000;

constexpr std::size_t client_counts[] = {1, 50, 200};

/// More than are in flight, so that most of them wait.
constexpr std::uint64_t waiting = 1'500;

/// How long the server is held. It takes no word to end it earlier.
constexpr const char* pause_ms = "2000";
constexpr std::chrono::milliseconds patience{1'900};

std::vector<session_key> keys_of(const dataset& data, std::uint64_t count) {
  std::vector<session_key> result;
  for (std::uint64_t i = 0; i < count; ++i)
    result.push_back(data.key(i % data.size().sessions));
  return result;
}

/// Allocations for one get, averaged.
double allocations_for_get(bench_store& in, const store_actor& store,
                           const std::vector<session_key>& keys,
                           std::size_t clients, std::uint64_t gets) {
  // What grows once, grows now.
  run_gets(in.system(), store, keys, clients, clients + gets / 10);
  auto before = heap_now();
  auto succeeded = run_gets(in.system(), store, keys, clients, gets);
  auto after = heap_now();
  if (succeeded != gets)
    throw bench_failure{"not every get succeeded"};
  return static_cast<double>(after.allocations - before.allocations)
         / static_cast<double>(gets);
}

void report_allocations(bench_store& in, const dataset& data,
                        std::uint64_t gets) {
  auto echo = spawn_echo(in.system());
  auto keys = keys_of(data, data.size().sessions);
  std::printf("%-10s %12s %12s %12s\n", "clients", "whole", "client+CAF",
              "store");
  for (auto clients : client_counts) {
    auto whole = allocations_for_get(in, in.actor(), keys, clients, gets);
    auto bare = allocations_for_get(in, echo, keys, clients, gets);
    std::printf("%-10zu %12.2f %12.2f %12.2f\n", clients, whole, bare,
                whole - bare);
  }
  caf::anon_send_exit(echo, caf::exit_reason::user_shutdown);
}

bool all_have_arrived(bench_store& in) {
  auto pool = in.threads_door()->status().pool;
  return pool.in_flight + pool.waiting >= waiting;
}

/// Holds the server, sends more than is let through, and looks at the heap.
void report_waiting(bench_store& in, const dataset& data, raw_link& link) {
  auto keys = keys_of(data, waiting);
  auto before = heap_now();
  std::int64_t held = 0;
  link.ask({"CLIENT", "PAUSE", pause_ms, "ALL"});
  auto succeeded = run_burst(in.system(), in.actor(), keys, [&] {
    auto until = steady::now() + patience;
    while (!all_have_arrived(in))
      if (steady::now() > until)
        throw bench_failure{"the requests do not arrive"};
    held = heap_now().live_bytes - before.live_bytes;
  });
  std::printf("\nbytes for each of %llu waiting requests: %.0f "
              "(%llu were answered)\n",
              static_cast<unsigned long long>(waiting),
              static_cast<double>(held) / waiting,
              static_cast<unsigned long long>(succeeded));
}

int run(std::uint64_t gets, const std::string& program) {
  auto server = demo::private_server::start(program);
  if (!server) {
    std::fprintf(stderr, "%s\n", describe(server.error()).c_str());
    return 3;
  }
  options settings;
  settings.endpoint = (*server)->endpoint();
  settings.base_secret = secret{std::string{"for counting only"}};
  settings.log_level = log_level::warning;
  // A server that is held is not taken for broken here, and those who wait for
  // it do not give up.
  settings.command_timeout = max_deadline;
  settings.pool.checkout_timeout = max_deadline;
  auto store = bench_store::open(settings.clone(), "obol");
  if (!store) {
    std::fprintf(stderr, "%s\n", describe(store.error()).c_str());
    return 3;
  }
  dataset data{settings, (*store)->kind(), {}};
  raw_link link{settings};
  data.load(link);
  std::printf("heap allocations for one get, by operator new\n\n");
  report_allocations(**store, data, gets);
  report_waiting(**store, data, link);
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  try {
    auto gets = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : default_gets;
    if (gets == 0)
      throw bench_failure{"usage: obol_allocations [GETS [SERVER PROGRAM]]"};
    return run(gets,
               argc > 2 ? argv[2] : demo::private_server::default_program);
  } catch (const bench_failure& why) {
    std::fprintf(stderr, "%s\n", why.what());
    return 3;
  }
}
