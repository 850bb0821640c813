#include "bench/plot_axis.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace obol::bench {

namespace {

/// In powers of ten, on each side.
constexpr double margin = 0.06;

/// An axis shows at least so many powers of ten.
constexpr double least_width = 0.5;

std::string with_unit(double x, const char* unit) {
  char text[32];
  // Two digits that mean something, as 1.5k; no point after 100.
  std::snprintf(text, sizeof(text), x < 10 ? "%.2g%s" : "%.0f%s", x, unit);
  return text;
}

} // namespace

log_axis::log_axis(const std::vector<double>& values, double first_pixel,
                   double last_pixel)
  : first_pixel_(first_pixel), last_pixel_(last_pixel) {
  if (values.empty())
    return;
  auto [low, high] = std::minmax_element(values.begin(), values.end());
  low_ = std::log10(*low) - margin;
  high_ = std::log10(*high) + margin;
  if (auto missing = least_width - (high_ - low_); missing > 0) {
    low_ -= missing / 2;
    high_ += missing / 2;
  }
}

double log_axis::at(double value) const {
  auto share = (std::log10(value) - low_) / (high_ - low_);
  return first_pixel_ + share * (last_pixel_ - first_pixel_);
}

std::vector<double> log_axis::ticks() const {
  std::vector<double> result;
  for (auto power = std::floor(low_); power <= high_; ++power) {
    for (auto digit : {1.0, 2.0, 5.0}) {
      auto value = digit * std::pow(10, power);
      if (std::log10(value) >= low_ && std::log10(value) <= high_)
        result.push_back(value);
    }
  }
  return result;
}

std::string time_text(double microseconds) {
  if (microseconds < 1e3)
    return with_unit(microseconds, " us");
  if (microseconds < 1e6)
    return with_unit(microseconds / 1e3, " ms");
  return with_unit(microseconds / 1e6, " s");
}

std::string count_text(double x) {
  if (x < 1e3)
    return with_unit(x, "");
  if (x < 1e6)
    return with_unit(x / 1e3, "k");
  return with_unit(x / 1e6, "M");
}

} // namespace obol::bench
