#include "bench/report.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <iostream>

namespace obol::bench {

namespace {

using json = nlohmann::ordered_json;

constexpr int indent = 2;

json number(double x) {
  return std::isfinite(x) ? json(x) : json(nullptr);
}

json to_json(const spread& x) {
  return {{"median", number(x.median)},
          {"min", number(x.min)},
          {"max", number(x.max)}};
}

json to_json(const cell_report& x) {
  json rounds = json::array();
  for (const auto& one : x.rounds) {
    json values;
    for (std::size_t i = 0; i < metric_count; ++i)
      values[std::string{name_of(metric{i})}] = number(one[metric{i}]);
    rounds.push_back(std::move(values));
  }
  json medians;
  for (std::size_t i = 0; i < metric_count; ++i)
    medians[std::string{name_of(metric{i})}]
      = to_json(spread_of(x.rounds, metric{i}));
  return {{"name", x.name},
          {"panel", x.panel},
          {"series", x.series},
          {"load", x.load},
          {"medians", std::move(medians)},
          {"rounds", std::move(rounds)}};
}

json to_json(const std::vector<figure_report>& list) {
  json result = json::array();
  for (const auto& x : list) {
    auto one = to_json(spread_of(x.rounds));
    one["name"] = x.name;
    one["unit"] = x.unit;
    one["goal"] = x.goal;
    one["rounds"] = json::array();
    for (auto value : x.rounds)
      one["rounds"].push_back(number(value));
    result.push_back(std::move(one));
  }
  return result;
}

} // namespace

void print_json(const report& x) {
  json facts = json::object();
  for (const auto& [name, value] : x.facts)
    facts[name] = value;
  json cells = json::array();
  for (const auto& cell : x.cells)
    cells.push_back(to_json(cell));
  json result{{"facts", std::move(facts)},
              {"cells", std::move(cells)},
              {"ratios", to_json(x.ratios)},
              {"figures", to_json(x.figures)},
              {"notes", x.notes},
              {"violations", x.violations},
              {"peak_memory_bytes", x.peak_memory_bytes}};
  // Bytes that are no UTF-8 may stand in a path.
  std::cout << result.dump(indent, ' ', false, json::error_handler_t::replace)
            << '\n';
}

} // namespace obol::bench
