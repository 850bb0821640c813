#include "obol/testing/internal/checks/presence.hpp"

#include <chrono>

namespace obol::testing::internal {

namespace {

/// A deleted id is barred this long; then it may be used for a new login.
constexpr moment tombstone_lifetime = std::chrono::seconds{30};

} // namespace

void presence_check::check(const proof& x) {
  if (const auto* known = memory_.since_loss(x.session, x.until)) {
    check_late_writes(x, *known);
    if (is_impossible(x, *known))
      return;
  }
  const auto* known = memory_.ever(x.session);
  if (known && is_impossible(x, *known))
    memory_.forget(x.session);
}

bool presence_check::is_impossible(const proof& x, const knowledge& known) {
  return comes_after_end(x, known) || is_stale(x, known);
}

bool presence_check::comes_after_end(const proof& x, const knowledge& known) {
  if (known.removal != no_op && !is_new_login(x, known.removal)) {
    report_.convict_unless_lost(rule::r9,
                                "a session was there after it had been removed",
                                {known.removal, x.source, x.writer},
                                facts_.at(known.removal).invoked, x.until);
    return true;
  }
  if (known.absence != no_op && !is_new_login(x, known.absence)) {
    report_.convict_unless_lost(
      rule::r7, "a session was there after it had been found removed",
      {known.absence, x.source, x.writer}, facts_.at(known.absence).invoked,
      x.until);
    return true;
  }
  return false;
}

/// Whether a session was written anew after the request that ended it, with the
/// tombstone gone.
bool presence_check::is_new_login(const proof& x, op_index end) const {
  auto first = facts_.find(facts_.at(x.writer).chain.front());
  return facts_.at(first).invoked
         > facts_.at(end).completed + tombstone_lifetime;
}

/// An upsert at a version that is taken breaks R1 or R3 instead.
bool presence_check::is_stale(const proof& x, const knowledge& known) {
  if (x.acknowledged || !known.highest || x.version >= known.highest->version)
    return false;
  report_.convict_unless_lost(
    known.highest->acknowledged ? rule::r6 : rule::r7,
    "a read shows an older version than was known before it",
    {known.highest->writer, known.highest->source, x.source},
    known.highest->since, x.until);
  return true;
}

/// What a read did not show and a later one does was written in between.
void presence_check::check_late_writes(const proof& x, const knowledge& known) {
  auto before = known.latest_read ? known.latest_read->source : known.nothing;
  if (before == no_op)
    return;
  auto version = known.latest_read ? known.latest_read->version : 0;
  auto since = facts_.at(before).invoked;
  const auto& chain = facts_.at(x.writer).chain;
  for (auto i = version; i < x.version; ++i) {
    auto link = facts_.find(chain[static_cast<std::size_t>(i)]);
    auto told_at_once = facts_.confirmed_by(link) == link;
    if (came_late_[link] || told_at_once || facts_.fate_of(link) == fate::denied
        || facts_.at(link).deadline + facts_.all().skew >= since)
      continue;
    came_late_[link] = true;
    report_.convict_unless_lost(
      rule::a5, "an upsert took effect after its deadline",
      {link, before, x.source}, facts_.at(link).invoked, x.until);
  }
}

} // namespace obol::testing::internal
