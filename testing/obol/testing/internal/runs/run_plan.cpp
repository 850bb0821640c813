#include "obol/testing/internal/runs/run_plan.hpp"

#include <chrono>

namespace obol::testing::internal {

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

milliseconds draw(random_stream& random, milliseconds low, milliseconds high) {
  return milliseconds{random.between(low.count(), high.count())};
}

/// Some of all, so that each also happens without most others: what one fault
/// hides, another seed shows.
std::vector<fault> draw_faults(random_stream& random) {
  std::vector<fault> result;
  auto share = std::array<std::uint32_t, 4>{0, 60, 150, 350}[random.below(4)];
  for (auto x : all_faults())
    if (random.chance(share))
      result.push_back(x);
  if (share > 0 && result.empty())
    result.push_back(all_faults()[random.below(fault_count)]);
  return result;
}

pool_options draw_pool(random_stream& random) {
  pool_options result;
  result.size = static_cast<std::size_t>(random.between(1, 3));
  result.max_overflow = random.below(3);
  result.max_in_flight
    = random.chance(300) ? 64 : static_cast<std::size_t>(random.between(1, 8));
  result.max_waiting = random.chance(300)
                         ? 1024
                         : static_cast<std::size_t>(random.between(2, 24));
  result.checkout_timeout = draw(random, 100ms, 1000ms);
  result.overflow_linger = draw(random, 50ms, 3000ms);
  return result;
}

options draw_options(random_stream& random, server_kind server,
                     known_bad mistake) {
  options result;
  result.pool = draw_pool(random);
  result.signing_key = secret{std::string(signing_key_size, 'k')};
  result.connect_timeout = draw(random, 500ms, 2000ms);
  result.command_timeout = draw(random, 100ms, 500ms);
  result.deadline = draw(random, 500ms, 3000ms);
  result.backoff_initial = draw(random, 20ms, 100ms);
  result.backoff_max = draw(random, 200ms, 10s);
  result.health_check_interval = draw(random, 500ms, 5s);
  if (random.chance(250))
    result.connection_max_lifetime = draw(random, 1s, 4s);
  if (random.chance(300))
    result.payload_format = payload_format::json;
  if (random.chance(300))
    result.signature_format = signature_format::v2;
  if (has_hash_field_expiry(server) && random.chance(250))
    result.layout = layout::three_set;
  if (mistake != known_bad::none)
    result.write_guard = write_guard::charon;
  return result;
}

} // namespace

run_plan draw_plan(const run_settings& settings) {
  random_stream random{settings.seed ^ 0x6f626f6c};
  run_plan result;
  result.workload = all_workloads[random.below(all_workloads.size())];
  result.server = static_cast<server_kind>(random.below(3));
  auto more_stores = random.below(3);
  result.faults = draw_faults(random);
  result.fault_interval = draw(random, 200ms, 3000ms);
  result.length = draw(random, 300ms, 4000ms);
  auto pace = random.below(4);
  if (pace == 1)
    result.step_cost_max = 20us;
  else if (pace == 2)
    result.step_cost_max = 200us;
  if (settings.workload)
    result.workload = *settings.workload;
  if (settings.faults)
    result.faults = *settings.faults;
  result.stores = result.workload == workload_kind::start_up
                    ? 1 + more_stores
                    : (more_stores == 2 ? 2 : 1);
  if (result.workload == workload_kind::fleet)
    result.stores = 1 + more_stores;
  result.options = draw_options(random, result.server, settings.mistake);
  return result;
}

std::string to_string(const run_plan& x) {
  auto result = to_string(x.workload) + " on "
                + std::string{program_name(x.server)} + " "
                + std::string{program_version(x.server)} + ", "
                + std::to_string(x.stores) + " store(s), faults:";
  for (auto one : x.faults)
    result += " " + to_string(one);
  if (x.faults.empty())
    result += " none";
  return result;
}

} // namespace obol::testing::internal
