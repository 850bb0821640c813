#pragma once

#include "bench/report.hpp"

#include <string>

namespace obol::bench {

/// Draws latency percentiles over load, a panel for each workload, as SVG:
/// medians of the rounds, both axes logarithmic.
std::string plot_of(const report& x);

/// Writes it to a file; false if that fails.
bool draw_plot(const report& x, const std::string& path);

} // namespace obol::bench
