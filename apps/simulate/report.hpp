#pragma once

#include <chrono>
#include <cstdint>

#include "arguments.hpp"

namespace simulate {

/// What the program prints while it runs, on a terminal only, and at the end.
class report {
public:
  explicit report(const arguments& what);

  /// Rewrites the line that shows how far it is.
  void show(const obol::testing::internal::campaign_totals& totals);

  /// The totals, and each failure with the line that replays it.
  void finish(const obol::testing::internal::campaign_totals& totals);

private:
  void clear_line();
  double seconds() const;

  const arguments& what_;
  std::chrono::steady_clock::time_point began_;
  std::chrono::steady_clock::time_point shown_;
  bool terminal_ = false;
};

} // namespace simulate
