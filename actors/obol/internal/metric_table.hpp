#pragma once

#include "obol/internal/store_metrics.hpp"
#include "obol/metric_family.hpp"

#include <vector>

namespace obol::internal {

/// Every metric there is, with its name, by docs/metrics.md.
std::vector<metric_family> metrics_of(const store_metrics& store);

} // namespace obol::internal
