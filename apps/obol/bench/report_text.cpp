#include "bench/report.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace obol::bench {

namespace {

struct column {
  const char* title;
  metric what;
  int width;
  int decimals;
};

constexpr column columns[] = {
  {"ops/s", metric::rate, 9, 0},        {"p50 us", metric::p50, 9, 1},
  {"p90 us", metric::p90, 9, 1},        {"p99 us", metric::p99, 9, 1},
  {"p99.9 us", metric::p999, 9, 1},     {"max us", metric::longest, 9, 0},
  {"cpu us", metric::client_cpu, 7, 2}, {"server", metric::server_cpu, 7, 2},
  {"switch", metric::switches, 7, 3},   {"failed", metric::failures, 7, 0},
};

constexpr int name_width = 33;

void print_number(double x, int width, int decimals) {
  if (std::isnan(x))
    std::printf(" %*s", width, "-");
  else
    std::printf(" %*.*f", width, decimals, x);
}

void print_cells(const std::vector<cell_report>& cells) {
  std::printf("\n%-*s", name_width, "medians of the rounds");
  for (const auto& x : columns)
    std::printf(" %*s", x.width, x.title);
  std::printf("\n");
  for (const auto& cell : cells) {
    std::printf("%-*s", name_width, cell.name.c_str());
    for (const auto& x : columns)
      print_number(spread_of(cell.rounds, x.what).median, x.width, x.decimals);
    std::printf("\n");
  }
}

void print_figures(const char* title, const std::vector<figure_report>& list) {
  std::size_t width = 0;
  for (const auto& x : list)
    width = std::max(width, x.name.size() + x.unit.size() + 2);
  std::printf("\n%-*s %10s %10s %10s   %s\n", static_cast<int>(width), title,
              "median", "min", "max", "goal");
  for (const auto& x : list) {
    auto name = x.name + (x.unit.empty() ? "" : ", " + x.unit);
    auto values = spread_of(x.rounds);
    std::printf("%-*s", static_cast<int>(width), name.c_str());
    for (auto value : {values.median, values.min, values.max})
      print_number(value, 10, 2);
    std::printf("   %s\n", x.goal.c_str());
  }
}

} // namespace

void print_text(const report& x) {
  for (const auto& [name, value] : x.facts)
    std::printf("%-20s %s\n", name.c_str(), value.c_str());
  if (!x.cells.empty())
    print_cells(x.cells);
  if (!x.ratios.empty())
    print_figures("ratios within a round", x.ratios);
  if (!x.figures.empty())
    print_figures("figures", x.figures);
  for (const auto& note : x.notes)
    std::printf("\nnote: %s\n", note.c_str());
  for (const auto& violation : x.violations)
    std::printf("\nBROKEN: %s\n", violation.c_str());
  std::printf("\npeak memory of this process: %.1f MiB\n",
              static_cast<double>(x.peak_memory_bytes) / (1 << 20));
}

} // namespace obol::bench
