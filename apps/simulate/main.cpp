// Runs the simulation for many seeds, or for one with a trace; see --help.

#include <csignal>
#include <cstdio>
#include <string>
#include <unistd.h>

#include "arguments.hpp"
#include "report.hpp"

namespace {

using namespace obol::testing::internal;

/// Says which seed crashed, with what a signal handler may use, then dies of
/// the signal.
void on_crash(int signal) {
  char text[64] = "\ncrashed in seed ";
  auto size = std::char_traits<char>::length(text);
  char digits[24];
  std::size_t count = 0;
  for (auto x = running_seed(); x > 0; x /= 10)
    digits[count++] = static_cast<char>('0' + x % 10);
  while (count > 0)
    text[size++] = digits[--count];
  text[size++] = '\n';
  if (::write(STDERR_FILENO, text, size) < 0)
    ::_exit(1);
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void name_the_seed_of_crashes() {
  for (auto signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL})
    std::signal(signal, on_crash);
}

int trace_one(const simulate::arguments& what) {
  run_settings settings;
  settings.seed = what.campaign.first_seed;
  settings.workload = what.campaign.workload;
  settings.faults = what.campaign.faults;
  settings.mistake = what.campaign.mistake;
  settings.trace_lines = what.trace_lines;
  auto result = run_seed(settings);
  std::fputs(result.trace.c_str(), stdout);
  for (auto& x : result.violations)
    std::printf("%s\n", to_string(x).c_str());
  std::printf("seed %llu %s\n", static_cast<unsigned long long>(settings.seed),
              result.passed() ? "passed" : "failed");
  return result.passed() ? 0 : 1;
}

/// Faults that must have had an effect: those asked for, or, with enough seeds
/// for each to come up, all.
std::vector<obol::testing::fault>
expected_faults(const campaign_settings& settings) {
  constexpr std::uint64_t seeds_for_all = 1000;
  if (settings.faults)
    return *settings.faults;
  auto& all = obol::testing::all_faults();
  if (settings.seeds >= seeds_for_all)
    return {all.begin(), all.end()};
  return {};
}

int run_all(simulate::arguments& what) {
  simulate::report report{what};
  what.campaign.on_progress
    = [&](const campaign_totals& totals) { report.show(totals); };
  auto totals = run_campaign(what.campaign);
  report.finish(totals);
  if (totals.failed > 0)
    return 1;
  auto silent = totals.silent(expected_faults(what.campaign));
  for (auto x : silent)
    std::printf("the fault %s never had an effect\n", to_string(x).c_str());
  return silent.empty() ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
  std::string failure;
  auto what = simulate::parse(argc, argv, failure);
  if (!what) {
    std::fprintf(stderr, "obol_simulate: %s\n(--help tells more)\n",
                 failure.c_str());
    return 2;
  }
  if (what->help) {
    std::fputs(simulate::usage().c_str(), stdout);
    return 0;
  }
  name_the_seed_of_crashes();
  return what->trace ? trace_one(*what) : run_all(*what);
}
