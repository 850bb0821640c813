#include "bench/cell.hpp"

#include <algorithm>
#include <utility>

namespace obol::bench {

namespace {

const cell_report* find(const report& in, const std::string& name) {
  for (const auto& x : in.cells)
    if (x.name == name)
      return &x;
  return nullptr;
}

std::vector<double> divide(const std::vector<measurement>& above, metric x,
                           const std::vector<measurement>& below, metric y) {
  std::vector<double> result;
  for (std::size_t i = 0; i < std::min(above.size(), below.size()); ++i)
    result.push_back(above[i][x] / below[i][y]);
  return result;
}

std::string text(metric x) {
  return x == metric::rate ? std::string{} : ", " + std::string{name_of(x)};
}

} // namespace

void run_rounds(stage& on, std::vector<cell> cells) {
  for (std::uint64_t round = 1; round <= on.settings.rounds; ++round) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      on.progress.show(
        "round " + std::to_string(round) + " of "
        + std::to_string(on.settings.rounds) + ", " + std::to_string(i + 1)
        + " of " + std::to_string(cells.size()) + ": " + cells[i].report.name);
      cells[i].report.rounds.push_back(cells[i].run());
    }
  }
  for (auto& x : cells)
    on.out.cells.push_back(std::move(x.report));
}

void add_ratio(report& to, const std::string& above, const std::string& below,
               metric what, const std::string& goal) {
  auto x = find(to, above);
  auto y = find(to, below);
  if (x && y)
    to.ratios.push_back({above + " : " + below + text(what), "", goal,
                         divide(x->rounds, what, y->rounds, what)});
}

void add_ratio(report& to, const std::string& cell, metric above, metric below,
               const std::string& goal) {
  if (auto x = find(to, cell))
    to.ratios.push_back({cell + ", " + std::string{name_of(above)} + " : "
                           + std::string{name_of(below)},
                         "", goal, divide(x->rounds, above, x->rounds, below)});
}

} // namespace obol::bench
