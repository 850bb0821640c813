#include "apps/fleet_fixture.hpp"
#include "apps/http_client.hpp"
#include "apps/patience.hpp"
#include "apps/process_usage.hpp"
#include "obol/options.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <functional>
#include <iostream>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/redis_client.hpp"

namespace obol::test {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

/// Two rounds of all faults, in a short run.
constexpr std::chrono::milliseconds short_run = 12s;
constexpr std::chrono::milliseconds fault_interval_of_short_runs = 1s;
constexpr std::chrono::milliseconds fault_interval_of_long_runs = 10s;

/// How much more memory a process may have in the last quarter of a run than in
/// the second one. In a short run heaps still find their size, and sanitizers
/// keep for a while what was freed.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t growth_of_short_runs_kib = 64 * 1024;
#else
constexpr std::size_t growth_of_short_runs_kib = 8 * 1024;
#endif
constexpr std::size_t growth_of_long_runs_kib = 2 * 1024;

/// In a short run the middle of a quarter may still be a moment at which a
/// client makes new connections to both nodes; it has a thread for each.
constexpr std::size_t passing_sockets_of_short_runs = 2;
constexpr std::size_t passing_threads_of_short_runs = 4;

/// A node is at rest that looks the same so many times.
constexpr int looks_at_rest = 20;

/// Of so many calls one may come to nothing, with all these faults.
constexpr std::size_t calls_per_lost_call = 50;

/// For how long the server stands still.
constexpr auto standstill = 700ms;

bool is_long() {
  return long_run() > short_run;
}

load_plan soak_plan() {
  load_plan result;
  // 30 % of two processors, nodes, clients and server together.
  result.pause = 8ms;
  // Sessions that go again, so that the server and the lists stay small.
  result.users = 60;
  result.turn = 10s;
  result.lifetime = 60s;
  return result;
}

std::string garbage() {
  static std::minstd_rand random{1};
  std::string result(4096, '\0');
  for (auto& x : result)
    x = static_cast<char>(random());
  return result;
}

class FleetSoakTest : public FleetTest {
protected:
  using fault = std::pair<std::string, std::function<void()>>;

  /// Everything that may happen to a fleet but to its first node and to those
  /// who are judged.
  std::vector<fault> faults() {
    return {
      {"node B is killed",
       [this] {
         nodes_[1].kill();
         nodes_[1].start_ready();
       }},
      {"node B is stopped",
       [this] {
         nodes_[1].signal(SIGTERM);
         EXPECT_EQ(nodes_[1].wait(), 0) << nodes_[1].log();
         nodes_[1].start_ready();
       }},
      {"the server stands still",
       [this] {
         ::kill(server_->pid(), SIGSTOP);
         std::this_thread::sleep_for(standstill);
         ::kill(server_->pid(), SIGCONT);
       }},
      {"the server closes all connections",
       [this] {
         redis_client{server_->socket_path()}.command(
           {"CLIENT", "KILL", "TYPE", "normal"});
       }},
      {"a stranger talks to node A",
       [this] { http_client{nodes_[0].port()}.send(garbage()); }},
      {"a client dies", [this] { start_mortal(); }},
    };
  }

  /// Starts the client that is not judged, on users of its own. One that runs
  /// is killed.
  void start_mortal() {
    auto plan = plan_;
    plan.first_user = 1'000;
    plan.process = 0;
    plan.processes = 1;
    mortal_.reset();
    mortal_ = start_client(plan, folder_.path("unread"));
  }

  /// Samples, and makes trouble, until the run is over.
  void soak() {
    auto length = std::max<std::chrono::milliseconds>(short_run, long_run());
    auto interval
      = is_long() ? fault_interval_of_long_runs : fault_interval_of_short_runs;
    auto all = faults();
    auto begin = steady_clock::now();
    auto next_line = begin + 1min;
    std::size_t done = 0;
    for (auto now = begin; now < begin + length; now = steady_clock::now()) {
      std::this_thread::sleep_for(interval / 5);
      for (auto& x : records_)
        x.sample();
      if (now >= begin + (done + 1) * interval)
        all[done++ % all.size()].second();
      if (now >= next_line) {
        print(now - begin, done);
        next_line += 1min;
      }
    }
    print(steady_clock::now() - begin, done);
  }

  void print(steady_clock::duration passed, std::size_t done) const {
    std::cout << passed / 1s << " s, " << done << " faults";
    for (auto& x : records_)
      std::cout << " | " << x.line();
    std::cout << std::endl;
  }

  /// A node has more connections to the server while there is more to do: in a
  /// short run they say nothing.
  void expect_flat() const {
    for (auto& x : records_) {
      auto young = x.quarter(2);
      auto old = x.quarter(4);
      auto growth
        = is_long() ? growth_of_long_runs_kib : growth_of_short_runs_kib;
      EXPECT_LE(old.memory_kib, young.memory_kib + growth) << x.name();
      if (!is_long() && &x == &records_.front())
        continue;
      auto sockets = is_long() ? 0 : passing_sockets_of_short_runs;
      auto threads = is_long() ? 0 : passing_threads_of_short_runs;
      EXPECT_LE(old.sockets, young.sockets + sockets) << x.name();
      EXPECT_LE(old.threads, young.threads + threads) << x.name();
    }
  }

  /// What node A has with its permanent connections and without clients.
  process_usage usage_at_rest() const {
    auto whole = "obol_pool_connections{state=\"idle\"} "
                 + std::to_string(pool_options{}.size) + '\n';
    EXPECT_TRUE(comes_true([&] {
      return http_get(nodes_[0].metrics_port(), "/metrics").body.find(whole)
             != std::string::npos;
    }));
    // The socket of that question goes too.
    process_usage result;
    int same = 0;
    EXPECT_TRUE(comes_true([&] {
      auto next = usage_of(nodes_[0].pid());
      same = next.sockets == result.sockets ? same + 1 : 0;
      result = next;
      return same >= looks_at_rest;
    }));
    return result;
  }

  /// Waits until node A has no more sockets and threads than before the load.
  void expect_rest(const process_usage& before) const {
    process_usage now;
    EXPECT_TRUE(comes_true([&] {
      now = usage_of(nodes_[0].pid());
      return now.sockets <= before.sockets && now.threads <= before.threads;
    }));
    EXPECT_GT(now.threads, 0u) << "node A is gone";
    std::cout << "node A, before and after: " << before.sockets << " and "
              << now.sockets << " sockets, " << before.threads << " and "
              << now.threads << " threads\n";
  }

  std::unique_ptr<background_process> mortal_;
  std::vector<usage_record> records_;
};

TEST_F(FleetSoakTest, FaultsLeaveMemorySocketsAndThreadsFlat) {
  // Given load, and one more client that is not judged,
  auto rest = usage_at_rest();
  start_clients(soak_plan());
  start_mortal();
  records_.emplace_back("node A", nodes_[0].pid());
  for (auto& client : clients_)
    records_.emplace_back("client", client->pid());

  // when all kinds of faults happen, one after the other,
  soak();

  // then those who live all the time have no more than when they were young,
  expect_flat();
  mortal_.reset();

  // the node has nothing left of it all,
  auto end_of_load = steady_clock::now();
  auto what = finish();
  expect_rest(rest);

  // hardly a call came to nothing, and all answers keep the rules.
  // Sessions expire here: the run's begin is known to a second, the server's
  // clock to another.
  what.skew = 2s;
  auto read = steady_clock::now();
  judge(what);
  std::cout << "read in " << (read - end_of_load) / 1ms << " ms, checked in "
            << (steady_clock::now() - read) / 1ms << " ms\n";
  auto lost = std::count_if(what.operations.begin(), what.operations.end(),
                            [](auto& x) { return !is_decided(x); });
  std::cout << lost << " calls came to nothing\n";
  EXPECT_LE(static_cast<std::size_t>(lost),
            what.operations.size() / calls_per_lost_call);
}

} // namespace
} // namespace obol::test
