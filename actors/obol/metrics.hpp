#pragma once

#include "obol/metric_family.hpp"

#include <memory>
#include <string>
#include <vector>

namespace obol {

namespace internal {

class store_metrics;

} // namespace internal

/// What one store counts and measures; docs/metrics.md lists every name. Give
/// one to `spawn_store`, or ask a facade for its own.
///
/// A handle: copies speak of the same counts, which outlive the store. Any
/// thread may use it; reading takes nothing from those who count.
class metrics {
public:
  /// What an HTTP response that carries `prometheus_text` says it is.
  static constexpr const char* content_type
    = "text/plain; version=0.0.4; charset=utf-8";

  /// All counts are zero until a store has it.
  metrics();

  /// Everything at this instant. No label holds an id, a key or another value
  /// that a client could choose.
  std::vector<metric_family> collect() const;

  /// The same in Prometheus' text format, version 0.0.4.
  std::string prometheus_text() const;

  /// INTERNAL: where stores count.
  const std::shared_ptr<internal::store_metrics>& counts() const {
    return counts_;
  }

private:
  std::shared_ptr<internal::store_metrics> counts_;
};

} // namespace obol
