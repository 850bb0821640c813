#include "report.hpp"

#include <cstdio>
#include <unistd.h>

namespace simulate {

namespace {

using namespace obol::testing;
using namespace obol::testing::internal;

constexpr auto show_interval = std::chrono::milliseconds{200};

using ull = unsigned long long;

void print_failure(const arguments& what, const run_report& x) {
  std::printf("seed %llu failed; replay: %s\n", static_cast<ull>(x.seed),
              replay_line(what.campaign, x.seed).c_str());
  for (auto& one : x.violations)
    std::printf("%s\n", to_string(one).c_str());
}

} // namespace

report::report(const arguments& what)
  : what_(what), began_(std::chrono::steady_clock::now()), shown_(began_),
    terminal_(!what.quiet && ::isatty(STDERR_FILENO) == 1) {
}

double report::seconds() const {
  std::chrono::duration<double> passed
    = std::chrono::steady_clock::now() - began_;
  return passed.count();
}

void report::clear_line() {
  if (terminal_)
    std::fprintf(stderr, "\r\033[K");
}

void report::show(const campaign_totals& totals) {
  auto now = std::chrono::steady_clock::now();
  if (!terminal_ || now - shown_ < show_interval)
    return;
  shown_ = now;
  clear_line();
  std::fprintf(stderr, "%llu of %llu seeds, %.0f a second, %llu failed",
               static_cast<ull>(totals.runs),
               static_cast<ull>(what_.campaign.seeds),
               static_cast<double>(totals.runs) / seconds(),
               static_cast<ull>(totals.failed));
  std::fflush(stderr);
}

void report::finish(const campaign_totals& totals) {
  clear_line();
  for (auto& x : totals.failures)
    print_failure(what_, x);
  if (what_.quiet)
    return;
  auto simulated = std::chrono::duration<double>{totals.simulated}.count();
  std::printf("%llu seeds, %llu failed, in %.1f s (%.0f a second); simulated "
              "%.0f s, %llu events\n",
              static_cast<ull>(totals.runs), static_cast<ull>(totals.failed),
              seconds(), static_cast<double>(totals.runs) / seconds(),
              simulated, static_cast<ull>(totals.steps));
  auto& x = totals.counts;
  std::printf(
    "%zu requests, %zu failed; upserts: %zu applied, %zu not, %zu in "
    "doubt; %zu removals; longest history %zu; %zu losses by failover "
    "or restart\n",
    x.operations, x.failed, x.upserts_applied, x.upserts_not_applied,
    x.upserts_in_doubt, x.removals, x.longest_chain, totals.counted_losses);
  for (auto one : all_faults())
    std::printf("  %-24s %llu\n", to_string(one).c_str(),
                static_cast<ull>(totals.faults[one]));
}

} // namespace simulate
