#include "bench/measurement.hpp"

#include <algorithm>
#include <cmath>

namespace obol::bench {

std::string_view name_of(metric x) {
  switch (x) {
    case metric::rate:
      return "operations_per_second";
    case metric::p50:
      return "p50_us";
    case metric::p90:
      return "p90_us";
    case metric::p99:
      return "p99_us";
    case metric::p999:
      return "p99.9_us";
    case metric::longest:
      return "max_us";
    case metric::client_cpu:
      return "client_cpu_us";
    case metric::server_cpu:
      return "server_cpu_us";
    case metric::switches:
      return "switches_per_operation";
    case metric::failures:
      return "failures";
  }
  return "?";
}

spread spread_of(std::vector<double> values) {
  std::erase_if(values, [](double x) { return std::isnan(x); });
  if (values.empty())
    return {};
  std::sort(values.begin(), values.end());
  auto middle = values.size() / 2;
  auto median = values.size() % 2 == 1
                  ? values[middle]
                  : (values[middle - 1] + values[middle]) / 2;
  return {median, values.front(), values.back()};
}

spread spread_of(const std::vector<measurement>& runs, metric what) {
  std::vector<double> values;
  for (const auto& x : runs)
    values.push_back(x[what]);
  return spread_of(std::move(values));
}

} // namespace obol::bench
