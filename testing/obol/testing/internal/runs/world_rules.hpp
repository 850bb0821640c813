#pragma once

#include "obol/messages.hpp"
#include "obol/testing/checker.hpp"
#include "obol/testing/internal/runs/run_plan.hpp"
#include "obol/testing/internal/world.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace obol::testing::internal {

/// The rules that are not about what clients are told; see run.hpp.
class world_rules {
public:
  world_rules(world& where, const run_plan& plan);

  /// Looks at the stores' own counts now and then, until told to stop.
  void watch(const std::vector<store_actor>& stores);

  void stop_watching() {
    watching_ = false;
  }

  /// Lets the world run until every store has all its connections.
  void wait_until_whole(const std::vector<store_actor>& stores,
                        duration at_most);

  /// Looks at what must hold at the end.
  void look_at_limits();

  void expect(const char* rule, bool holds, std::string text);

  const std::vector<violation>& violations() const {
    return violations_;
  }

private:
  void look(const store_actor& store);
  void ask(const store_actor& store,
           std::function<void(const store_status&)> then);
  bool whole(const store_status& x) const;

  world& world_;
  const run_plan& plan_;
  caf::actor observer_;
  bool watching_ = false;
  std::vector<violation> violations_;
};

} // namespace obol::testing::internal
