#pragma once

#include "bench/measurement.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace obol::bench {

/// One kind of load and what each round measured of it.
struct cell_report {
  /// Workload, who makes it, and how many of them: `get/actors/50`.
  std::string name;

  /// Where it belongs in a plot: the workload, or `open loop`.
  std::string panel;

  /// The line in the plot.
  std::string series;

  /// Its place on the axis: clients, or operations a second.
  double load = 0;

  std::vector<measurement> rounds;
};

/// One number a round.
struct figure_report {
  std::string name;
  std::string unit;

  /// What was asked for; empty if nothing.
  std::string goal;

  std::vector<double> rounds;
};

/// Everything a run found out.
struct report {
  /// Server, layout and the like.
  std::vector<std::pair<std::string, std::string>> facts;

  std::vector<cell_report> cells;

  /// One cell's number divided by another's, both of the same round.
  std::vector<figure_report> ratios;

  std::vector<figure_report> figures;

  /// Reasons of failures, and what was left out.
  std::vector<std::string> notes;

  /// Rules that were broken under `--verify`, with what proves it.
  std::vector<std::string> violations;

  std::uint64_t peak_memory_bytes = 0;
};

/// Tables for people, on standard output.
void print_text(const report& x);

/// One JSON document, on standard output. What does not apply is null.
void print_json(const report& x);

} // namespace obol::bench
