#pragma once

#include <string>
#include <vector>

namespace obol::bench {

/// A logarithmic axis of a drawing.
class log_axis {
public:
  /// Values between two pixels; widened a little, so that no point lies on the
  /// frame. Values must be positive.
  log_axis(const std::vector<double>& values, double first_pixel,
           double last_pixel);

  /// Where a value lies.
  double at(double value) const;

  /// Values for grid lines: 1, 2 and 5 of each power of ten.
  std::vector<double> ticks() const;

private:
  double low_ = 0;
  double high_ = 1;
  double first_pixel_;
  double last_pixel_;
};

/// 20 us, 5 ms, 1 s.
std::string time_text(double microseconds);

/// 12, 1.5k, 230k.
std::string count_text(double x);

} // namespace obol::bench
