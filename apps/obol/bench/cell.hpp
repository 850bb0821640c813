#pragma once

#include "bench/stage.hpp"

#include <functional>
#include <vector>

namespace obol::bench {

/// One kind of load, and how to measure it once.
struct cell {
  cell_report report;
  std::function<measurement()> run;
};

/// Measures every cell once a round: what is compared is measured within the
/// same minute.
void run_rounds(stage& on, std::vector<cell> cells);

/// Adds one cell's metric divided by another's, by round; nothing if one of
/// the cells is not there.
void add_ratio(report& to, const std::string& above, const std::string& below,
               metric what, const std::string& goal);

/// The same within one cell.
void add_ratio(report& to, const std::string& cell, metric above, metric below,
               const std::string& goal);

} // namespace obol::bench
