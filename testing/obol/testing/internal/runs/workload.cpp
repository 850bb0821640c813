#include "obol/testing/internal/runs/workload.hpp"

#include "obol/testing/internal/runs/workloads.hpp"

#include <utility>

namespace obol::testing::internal {

std::unique_ptr<workload> make_workload(workload_kind kind, stage where) {
  switch (kind) {
    case workload_kind::hot_sessions:
    case workload_kind::fleet:
      return make_hot_sessions(std::move(where));
    case workload_kind::login_product:
      return make_login_product(std::move(where));
    case workload_kind::pool_stress:
      return make_pool_stress(std::move(where));
    case workload_kind::start_up:
      break;
  }
  return make_start_up(std::move(where));
}

} // namespace obol::testing::internal
