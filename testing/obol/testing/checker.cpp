#include "obol/testing/checker.hpp"

#include "obol/testing/internal/checks/answers.hpp"
#include "obol/testing/internal/checks/facts.hpp"
#include "obol/testing/internal/checks/order.hpp"
#include "obol/testing/internal/checks/payloads.hpp"
#include "obol/testing/internal/checks/report.hpp"
#include "obol/testing/internal/checks/versions.hpp"

#include <algorithm>

namespace obol::testing {

namespace {

void count(const internal::facts& known, history_counts& counts) {
  counts.operations = known.size();
  for (internal::op_index i = 0; i < known.size(); ++i) {
    const auto& x = known.at(i);
    if (!x.succeeded())
      ++counts.failed;
    if (x.removes())
      ++counts.removals;
    if (x.what != operation::kind::upsert)
      continue;
    switch (known.fate_of(i)) {
      case internal::fate::applied:
        ++counts.upserts_applied;
        break;
      case internal::fate::denied:
        ++counts.upserts_not_applied;
        break;
      case internal::fate::doubtful:
        ++counts.upserts_in_doubt;
        break;
    }
  }
  for (std::uint32_t i = 1; i <= known.last_session(); ++i)
    if (known.first_write(i) != never)
      ++counts.sessions;
}

} // namespace

history_counts& history_counts::operator+=(const history_counts& other) {
  operations += other.operations;
  failed += other.failed;
  sessions += other.sessions;
  sightings += other.sightings;
  upserts_applied += other.upserts_applied;
  upserts_not_applied += other.upserts_not_applied;
  upserts_in_doubt += other.upserts_in_doubt;
  removals += other.removals;
  longest_chain = std::max(longest_chain, other.longest_chain);
  return *this;
}

verdict check(const history& what) {
  verdict result;
  internal::facts known{what};
  internal::report found{known, result};
  count(known, result.counts);
  internal::check_answers(known, found);
  auto proofs = internal::check_payloads(known, found, result.counts);
  internal::check_versions(known, proofs, found);
  internal::check_order(known, proofs, found);
  return result;
}

std::string to_string(const violation& x) {
  return x.rule + ": " + x.text;
}

std::string to_string(const verdict& x) {
  std::string result;
  for (const auto& found : x.violations)
    result += to_string(found) + '\n';
  if (x.found > x.violations.size())
    result += std::to_string(x.found - x.violations.size())
              + " more are not shown\n";
  const auto& counts = x.counts;
  return result + std::to_string(x.found) + " violations, "
         + std::to_string(x.counted_losses) + " losses counted; "
         + std::to_string(counts.operations) + " operations ("
         + std::to_string(counts.failed) + " failed), "
         + std::to_string(counts.sessions) + " sessions, "
         + std::to_string(counts.sightings)
         + " sightings, upserts: " + std::to_string(counts.upserts_applied)
         + " applied, " + std::to_string(counts.upserts_not_applied) + " not, "
         + std::to_string(counts.upserts_in_doubt) + " in doubt";
}

} // namespace obol::testing
