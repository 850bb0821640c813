#include "obol/testing/fault.hpp"

namespace obol::testing {

namespace {

constexpr std::array<std::string_view, fault_count> names = {
  "refuse_connect", "hang_connect",
  "slow_network",   "maxclients",
  "reset",          "hang_up",
  "half_open",      "drop_reply_after_apply",
  "apply_late",     "garbage",
  "slow_reader",    "stall",
  "loading",        "busy",
  "readonly",       "oom",
  "misconf",        "function_flush",
  "clock_jump",     "restart",
  "restart_empty",  "failover_losing_last",
};

constexpr auto make_all() {
  std::array<fault, fault_count> result{};
  for (std::size_t i = 0; i < fault_count; ++i)
    result[i] = static_cast<fault>(i);
  return result;
}

} // namespace

const std::array<fault, fault_count>& all_faults() {
  static constexpr auto result = make_all();
  return result;
}

std::string to_string(fault x) {
  return std::string{names[static_cast<std::size_t>(x)]};
}

std::optional<fault> fault_named(std::string_view name) {
  for (auto x : all_faults())
    if (names[static_cast<std::size_t>(x)] == name)
      return x;
  return std::nullopt;
}

bool loses_data(fault x) {
  return x == fault::restart_empty || x == fault::failover_losing_last;
}

fault_counts& fault_counts::operator+=(const fault_counts& other) {
  for (std::size_t i = 0; i < fault_count; ++i)
    counts_[i] += other.counts_[i];
  return *this;
}

} // namespace obol::testing
