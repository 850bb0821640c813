#include "obol/metrics.hpp"

#include "obol/internal/metric_table.hpp"

namespace obol {

metrics::metrics() : counts_(std::make_shared<internal::store_metrics>()) {
}

std::vector<metric_family> metrics::collect() const {
  return internal::metrics_of(*counts_);
}

std::string metrics::prometheus_text() const {
  return to_prometheus_text(collect());
}

} // namespace obol
