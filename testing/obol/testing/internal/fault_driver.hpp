#pragma once

#include "obol/testing/fault.hpp"
#include "obol/testing/internal/random_stream.hpp"
#include "obol/testing/internal/server_host.hpp"
#include "obol/testing/internal/simulated_network.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace obol::testing::internal {

/// Makes faults happen to a network and its server.
class fault_driver {
public:
  fault_driver(timeline& time, simulated_network& network, server_host& host,
               random_stream random, trace& log, fault_counts& counts);

  /// Lets a fault begin now. Those that last do so for `how_long`; faults that
  /// are over at once ignore it.
  void inject(fault x, duration how_long);

  /// From now until `until` lets these faults happen, each about once per
  /// `interval`.
  void keep_injecting(const std::vector<fault>& which, duration interval,
                      instant until);

  /// Ends every fault and takes back what was planned. What has already broken
  /// stays broken.
  void calm();

  /// When the last fault began or ended.
  instant last_fault() const {
    return last_fault_;
  }

private:
  void begin(fault x);
  void end(fault x);
  void strike_link(fault x);
  void plan_next(fault x, duration interval, instant until);
  bool active(fault x) const;
  void apply_conditions();

  timeline& time_;
  simulated_network& network_;
  server_host& host_;
  random_stream random_;
  trace& trace_;
  fault_counts& counts_;

  /// How many spells of each lasting fault overlap now.
  std::array<std::uint32_t, fault_count> depth_{};

  /// Whatever was planned in an earlier age does not happen.
  std::uint64_t age_ = 0;
  instant last_fault_{};
};

} // namespace obol::testing::internal
