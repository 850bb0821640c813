#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace obol {

/// What a metric's values mean.
enum class metric_type : std::uint8_t {
  /// Only grows.
  counter,
  /// Goes up and down.
  gauge,
  /// How often something took at most so long, in growing steps.
  histogram,
};

struct metric_label {
  std::string name;
  std::string value;
};

/// One value.
struct metric_sample {
  /// What a histogram puts behind the name: `_bucket`, `_sum` or `_count`.
  std::string suffix;
  std::vector<metric_label> labels;
  double value = 0;
};

/// All values of one name.
struct metric_family {
  std::string name;
  /// One sentence.
  std::string help;
  metric_type type = metric_type::counter;
  std::vector<metric_sample> samples;
};

/// Writes metrics in Prometheus' text format, version 0.0.4.
std::string to_prometheus_text(const std::vector<metric_family>& families);

} // namespace obol
