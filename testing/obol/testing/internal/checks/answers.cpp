#include "obol/testing/internal/checks/answers.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace obol::testing::internal {

namespace {

using kind = operation::kind;

/// Whether a request of that kind may fail with that code at all.
bool may_fail_with(kind what, ec code) {
  switch (code) {
    case ec::conflict:
    case ec::gone:
    case ec::session_expired:
      return what == kind::upsert;
    case ec::outcome_unknown:
      return what != kind::get && what != kind::get_all && what != kind::resolve
             && what != kind::other;
    default:
      return true;
  }
}

void check_answer(const facts& known, op_index i, report& found) {
  const auto& x = known.at(i);
  const auto& all = known.all();
  if (x.answers > 1)
    found.convict(rule::a1, "a request was answered more than once", {i});
  if (x.answers == 0) {
    if (!x.abandoned)
      found.convict(rule::a1, "a request was not answered", {i});
    return;
  }
  if (x.completed > x.deadline + all.tick)
    found.convict(rule::a2, "a request was answered after its deadline", {i});
  if (x.foreign_error)
    found.convict(rule::r0, "an error is not one of obol's", {i});
  else if (x.error && !may_fail_with(x.what, *x.error))
    found.convict(rule::r0, "a request failed as its kind cannot", {i});
  if (x.must_succeed && x.invoked >= all.quiet_since && !x.succeeded())
    found.convict(rule::r10, "a request failed although no fault was left",
                  {i});
}

/// When the sessions of each set were first stored, at the earliest.
std::vector<std::vector<moment>> first_writes(const facts& known) {
  std::vector<std::vector<moment>> result{std::size_t{known.last_set()} + 1};
  for (std::uint32_t session = 1; session <= known.last_session(); ++session)
    if (auto first = known.first_write(session); first != never)
      result[known.set_of(session)].push_back(first);
  for (auto& firsts : result)
    std::sort(firsts.begin(), firsts.end());
  return result;
}

std::int64_t count_before(const std::vector<moment>& sorted, moment x) {
  return std::lower_bound(sorted.begin(), sorted.end(), x) - sorted.begin();
}

void check_counts(const facts& known, report& found) {
  auto firsts = first_writes(known);
  for (op_index i = 0; i < known.size(); ++i) {
    const auto& x = known.at(i);
    if (!x.removes() || !x.succeeded() || x.count == 0)
      continue;
    std::int64_t most = count_before(firsts[x.set], x.completed);
    if (x.what == kind::remove)
      most = known.first_write(x.session) < x.completed ? 1 : 0;
    if (x.count < 0 || x.count > most)
      found.convict(rule::a4, "more sessions were removed than there were",
                    {i});
  }
}

} // namespace

void check_answers(const facts& known, report& found) {
  for (op_index i = 0; i < known.size(); ++i)
    check_answer(known, i, found);
  check_counts(known, found);
}

} // namespace obol::testing::internal
