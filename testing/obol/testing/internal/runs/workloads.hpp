#pragma once

#include "obol/testing/internal/runs/workload.hpp"

namespace obol::testing::internal {

std::unique_ptr<workload> make_hot_sessions(stage where);

std::unique_ptr<workload> make_login_product(stage where);

std::unique_ptr<workload> make_pool_stress(stage where);

std::unique_ptr<workload> make_start_up(stage where);

} // namespace obol::testing::internal
