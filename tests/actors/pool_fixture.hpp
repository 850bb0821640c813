#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "support_actors/simulated_store.hpp"

namespace obol::test {

/// Connection 1 is the registrar's; the pool's are 2, 3 and so on.
class PoolTest : public ::testing::Test {
protected:
  /// So many connections of so many requests each, and so many of overflow.
  static options options_of(std::size_t size, std::size_t in_flight,
                            std::size_t overflow) {
    auto result = simulated_store::small_options();
    result.pool.size = size;
    result.pool.max_in_flight = in_flight;
    result.pool.max_overflow = overflow;
    return result;
  }

  void start(options settings) {
    sim.emplace(std::move(settings));
    sim->start_ready();
  }

  std::vector<outcome<get_answer>> get(std::size_t count) {
    std::vector<outcome<get_answer>> result;
    for (std::size_t i = 0; i < count; ++i)
      result.push_back(sim->get("sid"));
    sim->run();
    return result;
  }

  std::size_t reads(connection_id id) {
    auto all = sim->redis->requests(id);
    return static_cast<std::size_t>(std::count_if(
      all.begin(), all.end(), [](auto& x) { return x.at(0) == "HGET"; }));
  }

  std::optional<simulated_store> sim;
};

inline bool all_here(const std::vector<outcome<get_answer>>& calls) {
  return std::all_of(calls.begin(), calls.end(),
                     [](auto& x) { return x.is_here() && !x.error(); });
}

} // namespace obol::test
