#pragma once

#include <string_view>
#include <vector>

#include "support_actors/simulated_store.hpp"

namespace obol::test {

/// A store with a single connection, so that a test knows where requests go:
/// connection 1 is the registrar's, 2 the pool's.
class ConnectionTest : public ::testing::Test {
protected:
  static options single() {
    auto result = simulated_store::small_options();
    result.pool.size = 1;
    result.pool.max_overflow = 0;
    return result;
  }

  void SetUp() override {
    sim.start_ready();
  }

  /// Whose requests of that function came, as they were sent.
  std::vector<fake_redis::arguments> calls(std::string_view function) {
    std::vector<fake_redis::arguments> result;
    for (auto& x : sim.redis->requests())
      if (function_of(x.arguments) == function)
        result.push_back(x.arguments);
    return result;
  }

  static constexpr connection_id first = 2;

  simulated_store sim{single()};
};

} // namespace obol::test
