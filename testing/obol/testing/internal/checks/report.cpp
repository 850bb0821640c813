#include "obol/testing/internal/checks/report.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace obol::testing::internal {

namespace {

constexpr std::array<std::string_view, rule_count> names
  = {"A1", "A2", "A3", "A4", "A5", "R0", "R1",  "R2", "R3",
     "R4", "R5", "R6", "R7", "R8", "R9", "R10", "R11"};

} // namespace

std::string_view to_string(rule x) {
  return names[static_cast<std::size_t>(x)];
}

void report::convict(rule which, std::string_view why,
                     std::initializer_list<op_index> evidence) {
  ++result_.found;
  if (++reported_[static_cast<std::size_t>(which)] > reported_per_rule)
    return;
  std::vector<op_index> places{evidence};
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  violation found;
  found.rule = to_string(which);
  found.text = why;
  for (auto i : places) {
    found.text += "\n  " + obol::testing::to_string(facts_.at(i));
    found.operations.push_back(facts_.at(i).number);
  }
  result_.violations.push_back(std::move(found));
}

void report::convict_unless_lost(rule which, std::string_view why,
                                 std::initializer_list<op_index> evidence,
                                 moment from, moment until) {
  if (facts_.lost_between(from, until))
    ++result_.counted_losses;
  else
    convict(which, why, evidence);
}

} // namespace obol::testing::internal
