#include "obol/testing/internal/checks/removals.hpp"

#include <algorithm>
#include <tuple>

namespace obol::testing::internal {

namespace {

using kind = operation::kind;

/// Whether a request that failed like that was certainly never sent. A store
/// that dies answers `shutting_down` for what it had sent, too.
bool was_never_sent(const operation& x) {
  return x.answers > 0
         && (x.error == ec::unavailable || x.error == ec::overloaded
             || x.error == ec::deadline_exceeded
             || x.error == ec::invalid_argument);
}

} // namespace

removals::removals(const facts& known) : facts_(known) {
  for (op_index i = 0; i < known.size(); ++i)
    if (known.at(i).removes() && !was_never_sent(known.at(i)))
      add(i);
  arrange(of_sessions_);
  arrange(of_sets_);
}

void removals::add(op_index request) {
  const auto& x = facts_.at(request);
  auto ends = x.answers > 0 ? x.completed + facts_.all().late_effect : never;
  if (x.what == kind::remove)
    of_sessions_.push_back({x.session, x.invoked, request, ends, ends});
  else
    of_sets_.push_back({x.set, x.invoked, request, ends, ends});
}

void removals::arrange(std::vector<removal>& all) {
  std::sort(all.begin(), all.end(), [](const removal& x, const removal& y) {
    return std::tie(x.subject, x.invoked, x.request)
           < std::tie(y.subject, y.invoked, y.request);
  });
  for (std::size_t i = 1; i < all.size(); ++i)
    if (all[i].subject == all[i - 1].subject)
      all[i].all_end = std::max(all[i].ends, all[i - 1].all_end);
}

bool removals::may_explain(std::uint32_t session, moment since,
                           moment until) const {
  return any(of_sessions_, session, session, since, until)
         || any(of_sets_, facts_.set_of(session), session, since, until);
}

bool removals::any(const std::vector<removal>& all, std::uint32_t subject,
                   std::uint32_t session, moment since, moment until) const {
  auto i = std::lower_bound(all.begin(), all.end(), std::pair{subject, until},
                            [](const removal& x, const auto& wanted) {
                              return std::pair{x.subject, x.invoked} < wanted;
                            });
  while (i != all.begin()) {
    --i;
    if (i->subject != subject || i->all_end < since)
      return false;
    if (i->ends >= since && may_cover(i->request, session))
      return true;
  }
  return false;
}

bool removals::may_cover(op_index request, std::uint32_t session) const {
  const auto& x = facts_.at(request);
  switch (x.what) {
    case kind::remove:
      return x.session == session;
    case kind::remove_all:
      return x.set == facts_.set_of(session);
    case kind::remove_others:
      return x.set == facts_.set_of(session) && x.session != session;
    case kind::revoke_before:
      return x.set == facts_.set_of(session)
             && facts_.created_first(session) < x.created_before;
    default:
      return false;
  }
}

bool removals::covers(op_index request, std::uint32_t session) const {
  const auto& x = facts_.at(request);
  return may_cover(request, session)
         && (x.what != kind::revoke_before
             || facts_.created_last(session) < x.created_before);
}

} // namespace obol::testing::internal
