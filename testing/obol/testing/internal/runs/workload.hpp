#pragma once

#include "obol/testing/internal/random_stream.hpp"
#include "obol/testing/internal/runs/recorder.hpp"
#include "obol/testing/internal/runs/workload_names.hpp"
#include "obol/testing/internal/world.hpp"

#include <memory>
#include <vector>

namespace obol::testing::internal {

/// What a workload has to work with.
struct stage {
  internal::world& world;
  internal::recorder& recorder;
  std::vector<store_actor>& stores;
  random_stream random;
  known_bad mistake = known_bad::none;
  /// About how long it goes on.
  duration length{};
};

/// One of the things that clients do with a store. Makes requests through the
/// recorder; what came of them is the checker's business.
class workload {
public:
  virtual ~workload() = default;

  /// Lets the clients begin; they go on by themselves.
  virtual void start() = 0;

  /// Whether every client has done its part.
  virtual bool finished() const = 0;

  /// Whether it has stopped the stores itself.
  virtual bool stopped_stores() const {
    return false;
  }
};

std::unique_ptr<workload> make_workload(workload_kind kind, stage where);

} // namespace obol::testing::internal
