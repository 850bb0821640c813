#include "obol/testing/internal/runs/campaign.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <utility>

namespace obol::testing::internal {

namespace {

/// How many runs a thread does before it tells.
constexpr std::uint64_t batch = 16;

thread_local std::uint64_t current_seed = 0;

run_settings settings_for(const campaign_settings& all, std::uint64_t seed) {
  run_settings result;
  result.seed = seed;
  result.workload = all.workload;
  result.faults = all.faults;
  result.mistake = all.mistake;
  return result;
}

/// The runs of all threads together.
class campaign {
public:
  explicit campaign(const campaign_settings& settings) : settings_(settings) {
  }

  campaign_totals perform() {
    std::vector<std::thread> others;
    for (unsigned i = 1; i < settings_.jobs; ++i)
      others.emplace_back([this] { work(); });
    work();
    for (auto& x : others)
      x.join();
    return std::move(totals_);
  }

private:
  void work() {
    for (;;) {
      auto begin = next_.fetch_add(batch);
      if (begin >= settings_.seeds || enough_)
        return;
      std::vector<run_report> done;
      auto end = std::min(begin + batch, settings_.seeds);
      for (auto i = begin; i < end; ++i) {
        current_seed = settings_.first_seed + i;
        done.push_back(run_seed(settings_for(settings_, current_seed)));
        current_seed = 0;
      }
      tell(std::move(done));
    }
  }

  void tell(std::vector<run_report> done) {
    std::lock_guard guard{mutex_};
    for (auto& x : done)
      totals_.add(std::move(x));
    if (totals_.failed >= settings_.failures_max)
      enough_ = true;
    if (settings_.on_progress)
      settings_.on_progress(totals_);
  }

  const campaign_settings& settings_;
  std::atomic<std::uint64_t> next_{0};
  std::atomic<bool> enough_{false};
  std::mutex mutex_;
  campaign_totals totals_;
};

} // namespace

void campaign_totals::add(run_report x) {
  ++runs;
  steps += x.steps;
  simulated += x.simulated;
  counted_losses += x.counted_losses;
  counts += x.counts;
  faults += x.faults;
  if (x.passed())
    return;
  ++failed;
  if (failures.size() < failures_kept)
    failures.push_back(std::move(x));
}

std::vector<fault>
campaign_totals::silent(const std::vector<fault>& which) const {
  std::vector<fault> result;
  for (auto x : which)
    if (faults[x] == 0)
      result.push_back(x);
  return result;
}

campaign_totals run_campaign(const campaign_settings& settings) {
  return campaign{settings}.perform();
}

std::uint64_t running_seed() {
  return current_seed;
}

std::string replay_line(const campaign_settings& settings, std::uint64_t seed) {
  auto result = "obol_simulate --seed " + std::to_string(seed);
  if (settings.workload)
    result += " --workload " + to_string(*settings.workload);
  if (settings.faults) {
    result += " --faults ";
    for (auto x : *settings.faults)
      result += to_string(x) + ",";
    if (settings.faults->empty())
      result += "none";
    else
      result.pop_back();
  }
  if (settings.mistake != known_bad::none)
    result += " --mistake " + to_string(settings.mistake);
  return result + " --trace";
}

} // namespace obol::testing::internal
