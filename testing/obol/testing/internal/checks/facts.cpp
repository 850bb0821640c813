#include "obol/testing/internal/checks/facts.hpp"

#include <algorithm>
#include <tuple>

namespace obol::testing::internal {

using kind = operation::kind;

facts::facts(const history& what) : history_(what) {
  number_operations();
  number_sessions();
  decide_outcomes();
  collect_writes();
}

// -- operations ---------------------------------------------------------------

void facts::number_operations() {
  auto in_place = true;
  for (op_index i = 0; i < size() && in_place; ++i)
    in_place = at(i).number == i + 1;
  if (in_place)
    return;
  for (op_index i = 0; i < size(); ++i)
    numbers_.emplace_back(at(i).number, i);
  std::sort(numbers_.begin(), numbers_.end());
}

op_index facts::find(op_number x) const {
  if (numbers_.empty())
    return x >= 1 && x <= size() ? x - 1 : no_op;
  auto i = std::lower_bound(numbers_.begin(), numbers_.end(),
                            std::pair{x, op_index{0}});
  return i != numbers_.end() && i->first == x ? i->second : no_op;
}

// -- upserts ------------------------------------------------------------------

void facts::decide_outcomes() {
  outcomes_.resize(size());
  for (op_index i = 0; i < size(); ++i) {
    const auto& x = at(i);
    if (x.answers == 0 || x.foreign_error)
      continue;
    if (x.what == kind::upsert) {
      if (x.error != ec::outcome_unknown)
        hear(i, i, !x.error);
    } else if (x.what == kind::resolve && !x.error && x.resolution) {
      auto subject = find(x.subject);
      if (subject != no_op && *x.resolution != resolution::unknown)
        hear(subject, i, *x.resolution == resolution::applied);
    }
  }
}

void facts::hear(op_index upsert, op_index from, bool applied) {
  auto& known = outcomes_[upsert];
  if (!applied && !is_certain(upsert, from))
    return;
  auto& heard_from = applied ? known.confirmed_by : known.denied_by;
  if (heard_from == no_op || at(from).completed < at(heard_from).completed)
    heard_from = from;
  known.what = known.confirmed_by != no_op ? fate::applied : fate::denied;
}

/// Not every denial is about the past. One that comes from looking at the store
/// says what is there now: a first write that has expired counts as not applied
/// (rules.lua, resolution), and so does one that the server has since lost.
/// After a loss the store may also be behind the writer's base, which is a
/// conflict, and catch up with it before a copy that was held up arrives.
bool facts::is_certain(op_index upsert, op_index denied_by) const {
  const auto& asked = at(upsert);
  const auto& answer = at(denied_by);
  auto looked = upsert != denied_by || answer.error == ec::deadline_exceeded
                || answer.error == ec::session_expired;
  if (!looked && answer.error != ec::conflict)
    return true;
  if (looked && asked.base == 0
      && sessions_[asked.session].first_expiry
           <= answer.completed + history_.skew)
    return false;
  auto base = asked.chain.size() > 1 ? find(*(asked.chain.end() - 2)) : no_op;
  auto since = base != no_op ? at(base).invoked : asked.invoked;
  return !lost_between(
    std::min(since, asked.invoked),
    std::max(answer.completed, asked.deadline + history_.skew));
}

// -- losses -------------------------------------------------------------------

std::size_t facts::losses_before(moment x) const {
  const auto& all = history_.losses;
  return static_cast<std::size_t>(std::lower_bound(all.begin(), all.end(), x)
                                  - all.begin());
}

std::size_t facts::losses_until(moment x) const {
  const auto& all = history_.losses;
  return static_cast<std::size_t>(std::upper_bound(all.begin(), all.end(), x)
                                  - all.begin());
}

// -- sessions -----------------------------------------------------------------

void facts::number_sessions() {
  for (const auto& x : history_.operations) {
    last_session_ = std::max(last_session_, x.session);
    last_set_ = std::max(last_set_, x.set);
  }
  sessions_.resize(std::size_t{last_session_} + 2);
  for (const auto& x : history_.operations) {
    auto& known = sessions_[x.session];
    if (x.session != 0 && x.set != 0)
      known.set = x.set;
    if (x.what != kind::upsert)
      continue;
    known.created_first = std::min(known.created_first, x.created_at);
    known.created_last = std::max(known.created_last, x.created_at);
    known.first_expiry = std::min(known.first_expiry, x.expires_at);
  }
}

void facts::collect_writes() {
  for (op_index i = 0; i < size(); ++i) {
    const auto& x = at(i);
    if (x.what != kind::upsert || fate_of(i) == fate::denied)
      continue;
    auto& known = sessions_[x.session];
    known.first_write = std::min(known.first_write, x.invoked);
    known.last_expiry = std::max(known.last_expiry, x.expires_at);
    writes_.push_back({x.session, x.base + 1, x.expires_at, x.invoked, i});
  }
  std::sort(writes_.begin(), writes_.end(), [](const write& x, const write& y) {
    return std::tie(x.session, x.version) < std::tie(y.session, y.version);
  });
  for (auto i = writes_.size(); i-- > 1;) {
    auto& x = writes_[i - 1];
    const auto& next = writes_[i];
    if (x.session == next.session) {
      x.expires_at = std::min(x.expires_at, next.expires_at);
      x.invoked = std::min(x.invoked, next.invoked);
    }
  }
  std::uint32_t i = 0;
  for (std::uint32_t session = 0; session < sessions_.size(); ++session) {
    while (i < writes_.size() && writes_[i].session < session)
      ++i;
    sessions_[session].writes_begin = i;
  }
}

/// The first of that version or a later one.
const facts::write* facts::find_write(std::uint32_t session,
                                      std::int64_t version) const {
  auto begin = writes_.data() + sessions_[session].writes_begin;
  auto end = writes_.data() + sessions_[session + 1].writes_begin;
  auto found = std::lower_bound(
    begin, end, version,
    [](const write& x, std::int64_t wanted) { return x.version < wanted; });
  return found != end ? found : nullptr;
}

bool facts::may_have_expired(std::uint32_t session, std::int64_t version,
                             moment until) const {
  auto found = find_write(session, version);
  return found && found->expires_at <= until + history_.skew;
}

bool facts::has_rival(op_index upsert) const {
  const auto& x = at(upsert);
  auto first = find_write(x.session, x.base + 1);
  if (!first || first->invoked >= x.completed)
    return false;
  if (fate_of(upsert) == fate::denied)
    return true;
  // It is one of them itself.
  auto end = writes_.data() + sessions_[x.session + 1].writes_begin;
  return std::any_of(first, end, [&](const write& y) {
    return y.upsert != upsert && at(y.upsert).invoked < x.completed;
  });
}

} // namespace obol::testing::internal
