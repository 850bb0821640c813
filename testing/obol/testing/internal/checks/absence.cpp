#include "obol/testing/internal/checks/absence.hpp"

namespace obol::testing::internal {

using kind = operation::kind;

absence_check::absence_check(const facts& known, memory& remembered,
                             report& found)
  : facts_(known), memory_(remembered), report_(found), removals_(known),
    members_(std::size_t{known.last_set()} + 1),
    is_member_(std::size_t{known.last_session()} + 1),
    listed_by_(std::size_t{known.last_session()} + 1, no_op),
    found_removed_(known.size()) {
}

void absence_check::expect(std::uint32_t session) {
  if (is_member_[session])
    return;
  is_member_[session] = true;
  members_[facts_.set_of(session)].push_back(session);
}

void absence_check::check(op_index request) {
  const auto& x = facts_.at(request);
  if (x.what == kind::get_all)
    check_list(request);
  else if (x.what == kind::upsert && x.error == ec::conflict)
    check_conflict(request);
  else if (!x.removes())
    check_absence(request, x.session);
}

void absence_check::learn(op_index request) {
  const auto& x = facts_.at(request);
  for (auto session : found_removed_[request])
    memory_.learn_absence(session, request);
  if (x.what == kind::get)
    memory_.learn_nothing(x.session, request);
  if (!x.removes())
    return;
  if (x.what == kind::remove) {
    memory_.learn_removal(x.session, request);
    return;
  }
  for (auto session : members_[x.set])
    if (was_there(session, request) && removals_.covers(request, session))
      memory_.learn_removal(session, request);
}

// -- absence ------------------------------------------------------------------

void absence_check::check_list(op_index reader) {
  const auto& x = facts_.at(reader);
  for (const auto& seen : x.seen)
    if (seen.session <= facts_.last_session())
      listed_by_[seen.session] = reader;
  auto& members = members_[x.set];
  for (std::size_t i = 0; i < members.size();) {
    auto session = members[i];
    if (is_over(session, x)) {
      is_member_[session] = false;
      members[i] = members.back();
      members.pop_back();
      continue;
    }
    if (listed_by_[session] != reader)
      check_absence(reader, session);
    ++i;
  }
}

/// Whether nobody expects to find it any more, so that long histories do not go
/// through all sessions there ever were.
bool absence_check::is_over(std::uint32_t session,
                            const operation& reader) const {
  if (facts_.last_expiry(session) < reader.invoked - facts_.all().skew)
    return true;
  const auto* known = memory_.since_loss(session, reader.completed);
  return known && (known->removal != no_op || known->absence != no_op);
}

void absence_check::check_absence(op_index reader, std::uint32_t session) {
  const auto* known = memory_.since_loss(session, facts_.at(reader).completed);
  if (known && known->highest) {
    auto why = explain(reader, *known);
    if (why == reason::removed)
      found_removed_[reader].push_back(session);
    if (why == reason::none)
      convict(reader, *known);
    return;
  }
  known = memory_.ever(session);
  if (!known || !known->highest || explain(reader, *known) != reason::none)
    return;
  convict(reader, *known);
  memory_.forget(session);
}

/// Why something that was known to be there may be absent.
absence_check::reason absence_check::explain(op_index reader,
                                             const knowledge& known) const {
  auto session = known.highest->session;
  auto until = facts_.at(reader).completed;
  if (facts_.may_have_expired(session, known.highest->version, until))
    return reason::expired;
  if (known.removal != no_op || known.absence != no_op
      || removals_.may_explain(session, known.latest->since, until))
    return reason::removed;
  return reason::none;
}

void absence_check::convict(op_index reader, const knowledge& known) {
  report_.convict_unless_lost(
    rule::r6, "a session is missing although nothing removed it",
    {known.latest->writer, known.latest->source, reader}, known.latest->since,
    facts_.at(reader).completed);
}

/// Whether a session was there before a request for its whole set was made, so
/// that the request must have met it.
bool absence_check::was_there(std::uint32_t session, op_index request) const {
  const auto& x = facts_.at(request);
  const auto* known = memory_.since_loss(session, x.completed);
  return known && known->first && known->first->until < x.invoked
         && !facts_.may_have_expired(session, known->highest->version,
                                     x.completed);
}

// -- conflicts ----------------------------------------------------------------

/// The version must be taken; unless the base is one that never was.
void absence_check::check_conflict(op_index upsert) {
  const auto& x = facts_.at(upsert);
  if (facts_.has_rival(upsert))
    return;
  auto since = x.invoked;
  if (x.base > 0) {
    const auto* known = memory_.since_loss(x.session, x.completed);
    if (!known || !known->highest || known->highest->version < x.base)
      known = memory_.ever(x.session);
    if (!known || !known->highest || known->highest->version < x.base)
      return;
    since = known->highest->since;
  }
  report_.convict_unless_lost(rule::r8, "a conflict is with nobody", {upsert},
                              since, x.completed);
}

} // namespace obol::testing::internal
