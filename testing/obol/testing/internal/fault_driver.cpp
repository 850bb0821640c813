#include "obol/testing/internal/fault_driver.hpp"

#include <algorithm>

namespace obol::testing::internal {

namespace {

using namespace std::chrono_literals;

/// How many writes a replica may be behind.
constexpr std::size_t replica_lag_max = 5;

/// A server that starts again refuses connects for at most so long.
constexpr duration downtime_max = 1500ms;

/// Clocks of servers are set forward by at most so much at a time, and never
/// back: a step back would let writes take effect after their deadline, which
/// no function inside the server can know.
constexpr duration clock_step_max = 4s;
constexpr duration clock_offset_max = 20s;

/// A silent link that is heard again is silent for so long.
constexpr duration silence_min = 100ms;
constexpr duration silence_max = 8s;

/// How long random faults last.
constexpr duration spell_min = 5ms;
constexpr duration spell_max = 1200ms;

} // namespace

fault_driver::fault_driver(timeline& time, simulated_network& network,
                           server_host& host, random_stream random, trace& log,
                           fault_counts& counts)
  : time_(time), network_(network), host_(host), random_(random), trace_(log),
    counts_(counts) {
}

void fault_driver::inject(fault x, duration how_long) {
  begin(x);
  time_.after(how_long, [this, x, age = age_] {
    if (age == age_)
      end(x);
  });
}

void fault_driver::keep_injecting(const std::vector<fault>& which,
                                  duration interval, instant until) {
  for (auto x : which) {
    if (x == fault::failover_losing_last)
      host_.keep_writes(replica_lag_max);
    plan_next(x, interval, until);
  }
}

void fault_driver::plan_next(fault x, duration interval, instant until) {
  auto when = time_.now() + random_.between(duration{1}, 2 * interval);
  if (when > until)
    return;
  time_.at(when, [this, x, interval, until, age = age_] {
    if (age != age_)
      return;
    inject(x, random_.between(spell_min, spell_max));
    plan_next(x, interval, until);
  });
}

void fault_driver::begin(fault x) {
  last_fault_ = time_.now();
  ++depth_[static_cast<std::size_t>(x)];
  trace_.note(time_.now(), "fault", [&] { return to_string(x); });
  switch (x) {
    case fault::reset:
    case fault::hang_up:
    case fault::half_open:
      strike_link(x);
      return;
    case fault::drop_reply_after_apply:
    case fault::apply_late:
    case fault::garbage:
      host_.arm(x);
      return;
    case fault::function_flush:
      host_.flush_functions();
      return;
    case fault::clock_jump:
      if (host_.largest_clock_offset() + clock_step_max <= clock_offset_max)
        host_.jump_clock(random_.between(1ms, clock_step_max));
      return;
    case fault::restart:
      host_.restart(false);
      inject(fault::refuse_connect, random_.between(0ms, downtime_max));
      return;
    case fault::restart_empty:
      host_.restart(true);
      inject(fault::refuse_connect, random_.between(0ms, downtime_max));
      return;
    case fault::failover_losing_last:
      host_.fail_over(1 + random_.below(replica_lag_max));
      inject(fault::refuse_connect, random_.between(0ms, downtime_max));
      return;
    case fault::refuse_connect:
    case fault::hang_connect:
    case fault::slow_network:
    case fault::maxclients:
    case fault::slow_reader:
    case fault::stall:
    case fault::loading:
    case fault::busy:
    case fault::readonly:
    case fault::oom:
    case fault::misconf:
      apply_conditions();
      return;
  }
}

void fault_driver::end(fault x) {
  last_fault_ = time_.now();
  auto& depth = depth_[static_cast<std::size_t>(x)];
  if (depth > 0)
    --depth;
  apply_conditions();
}

bool fault_driver::active(fault x) const {
  return depth_[static_cast<std::size_t>(x)] > 0;
}

void fault_driver::apply_conditions() {
  auto& net = network_.conditions;
  net = network_conditions{};
  net.refuse = active(fault::refuse_connect);
  net.hang = active(fault::hang_connect);
  if (active(fault::slow_network)) {
    net.slow = true;
    net.delay_min = 20ms;
    net.delay_max = 400ms;
  }
  if (active(fault::slow_reader)) {
    net.send_room = 64;
    net.longest_piece = 16;
  }
  if (!net.hang)
    network_.resume_connects();
  auto& server = host_.server().conditions;
  server.loading = active(fault::loading);
  server.busy = active(fault::busy);
  server.read_only = active(fault::readonly);
  server.out_of_memory = active(fault::oom);
  server.cannot_persist = active(fault::misconf);
  host_.set_full(active(fault::maxclients));
  host_.set_stalled(active(fault::stall));
}

void fault_driver::strike_link(fault x) {
  auto links = network_.open_links();
  if (links.empty())
    return;
  auto victim = links[random_.below(links.size())];
  ++counts_[x];
  if (x == fault::reset) {
    network_.reset(victim);
  } else if (x == fault::hang_up) {
    host_.close(victim);
  } else {
    network_.silence(victim);
    if (random_.chance(500))
      time_.after(random_.between(silence_min, silence_max),
                  [this, victim] { network_.restore(victim); });
  }
}

void fault_driver::calm() {
  ++age_;
  depth_.fill(0);
  host_.disarm();
  apply_conditions();
  last_fault_ = time_.now();
}

} // namespace obol::testing::internal
