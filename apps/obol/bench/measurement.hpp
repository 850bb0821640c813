#pragma once

#include <array>
#include <cstddef>
#include <limits>
#include <string_view>
#include <vector>

namespace obol::bench {

/// What is measured of a load.
enum class metric : std::size_t {
  /// Operations a second.
  rate,
  /// Latencies, in microseconds.
  p50,
  p90,
  p99,
  p999,
  longest,
  /// Processor time for an operation, in microseconds: of the client's process
  /// and of the server.
  client_cpu,
  server_cpu,
  /// How often a thread of the client went to sleep, for an operation.
  switches,
  /// Operations that failed.
  failures,
};

inline constexpr std::size_t metric_count = 10;

/// The name in JSON, unit last.
std::string_view name_of(metric x);

/// The numbers of one run; not a number where one does not apply.
class measurement {
public:
  measurement() {
    values_.fill(std::numeric_limits<double>::quiet_NaN());
  }

  double& operator[](metric x) {
    return values_[static_cast<std::size_t>(x)];
  }

  double operator[](metric x) const {
    return values_[static_cast<std::size_t>(x)];
  }

private:
  std::array<double, metric_count> values_;
};

/// The middle of several runs, and how far they lie apart.
struct spread {
  double median = std::numeric_limits<double>::quiet_NaN();
  double min = std::numeric_limits<double>::quiet_NaN();
  double max = std::numeric_limits<double>::quiet_NaN();
};

/// Leaves out what is not a number.
spread spread_of(std::vector<double> values);

/// The same of one metric over all runs.
spread spread_of(const std::vector<measurement>& runs, metric what);

} // namespace obol::bench
