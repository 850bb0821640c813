#include "bench/load_run.hpp"

#include "bench/server_figures.hpp"
#include "obol/error.hpp"

#include <algorithm>
#include <thread>

namespace obol::bench {

namespace {

/// How soon a load that ends early is noticed.
constexpr std::chrono::milliseconds poll_interval{10};

double in_us(std::chrono::nanoseconds x) {
  return static_cast<double>(x.count()) / 1e3;
}

/// Ends a load also where measuring it fails, so that its threads end.
struct stop_at_end {
  load_run& run;

  ~stop_at_end() {
    run.stop();
  }
};

} // namespace

load_run::load_run(std::size_t clients)
  : running_(static_cast<std::ptrdiff_t>(clients)) {
}

void load_run::succeeded(std::chrono::nanoseconds latency) {
  if (phase_.load(std::memory_order_relaxed) == phase::measured)
    latencies_.add(latency);
}

void load_run::failed(const caf::error& why) {
  if (failures_++ > 0)
    return;
  std::lock_guard guard{mutex_};
  first_failure_ = why ? describe(why) : "not the answer that was expected";
}

void load_run::leave() {
  running_.count_down();
}

measurement load_run::measure(run_length length, raw_link& link) {
  stop_at_end ends{*this};
  std::this_thread::sleep_for(length.warm_up);
  auto server_before = server_cpu(link);
  auto before = usage_now();
  auto begin = steady::now();
  auto expected = phase::warm_up;
  phase_.compare_exchange_strong(expected, phase::measured);
  while (!is_over() && steady::now() < begin + length.measured)
    std::this_thread::sleep_until(
      std::min(begin + length.measured, steady::now() + poll_interval));
  stop();
  auto time = steady::now() - begin;
  auto after = usage_now();
  auto server_after = server_cpu(link);
  running_.wait();
  auto counted = latencies_.collect();
  auto result = summary_of(counted, time);
  auto count = static_cast<double>(counted.count());
  result[metric::client_cpu] = (after.cpu_us - before.cpu_us) / count;
  result[metric::server_cpu] = (server_after - server_before) / count;
  result[metric::switches] = (after.switches - before.switches) / count;
  result[metric::failures] = static_cast<double>(failures_.load());
  return result;
}

std::string load_run::first_failure() const {
  std::lock_guard guard{mutex_};
  return first_failure_;
}

measurement summary_of(const histogram& x, std::chrono::nanoseconds time) {
  measurement result;
  result[metric::rate] = static_cast<double>(x.count())
                         / std::chrono::duration<double>(time).count();
  result[metric::failures] = 0;
  if (x.count() == 0)
    return result;
  result[metric::p50] = in_us(x.at(0.5));
  result[metric::p90] = in_us(x.at(0.9));
  result[metric::p99] = in_us(x.at(0.99));
  result[metric::p999] = in_us(x.at(0.999));
  result[metric::longest] = in_us(x.max());
  return result;
}

} // namespace obol::bench
