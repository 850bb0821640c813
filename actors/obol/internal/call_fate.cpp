#include "obol/internal/call_fate.hpp"

#include "obol/message_inspect.hpp"

#include <string>
#include <utility>

namespace obol::internal {

namespace {

/// A node that says so cannot serve, though it stays, and another may.
bool is_refusal(ec code) {
  switch (code) {
    case ec::unavailable:
    case ec::overloaded:
    case ec::misconfigured:
    case ec::outcome_unknown:
      return true;
    case ec::shutting_down:
    case ec::conflict:
    case ec::gone:
    case ec::session_expired:
    case ec::deadline_exceeded:
    case ec::refused:
    case ec::invalid_argument:
      break;
  }
  return false;
}

caf::error doubt(std::optional<resolution_token> token) {
  if (token)
    return caf::make_error(
      ec::outcome_unknown,
      std::string{"the reply was lost; resolve the token to learn the outcome"},
      std::move(*token));
  return caf::make_error(
    ec::outcome_unknown,
    std::string{"the reply was lost; repeating the request is safe"});
}

} // namespace

call_fate::action call_fate::on_answer(const caf::error& failure) {
  if (!failure)
    return action::deliver;
  auto code = code_of(failure);
  // As if it were gone already: it comes back, or another does.
  if (code == ec::shutting_down)
    return action::try_another;
  if (code && is_refusal(*code)) {
    refused_ = true;
    last_refusal_ = failure;
    in_doubt_ = in_doubt_
                || (*code == ec::outcome_unknown && kind_ != call_kind::read);
    return action::try_another;
  }
  if (in_doubt_ && !settles(code)) {
    last_refusal_ = failure;
    return action::try_another;
  }
  return action::deliver;
}

bool call_fate::settles(std::optional<ec> code) const {
  // Said without a look at the store.
  if (!code || *code == ec::invalid_argument)
    return false;
  // Of its own copy, while an earlier one may have taken effect. Nodes are told
  // of earlier copies of upserts, and answer for them too.
  return kind_ != call_kind::remove
         || (*code != ec::deadline_exceeded && *code != ec::refused);
}

call_fate::action call_fate::on_lost(bool recognises_copies) {
  if (kind_ != call_kind::read)
    in_doubt_ = true;
  refused_ = false;
  return kind_ != call_kind::upsert || recognises_copies ? action::try_another
                                                         : action::deliver;
}

caf::error call_fate::on_end(caf::error reason, bool may_be_sent,
                             std::optional<resolution_token> token) {
  if (in_doubt_ || (may_be_sent && kind_ != call_kind::read))
    return doubt(std::move(token));
  return reason;
}

caf::error call_fate::last_answer(std::optional<resolution_token> token) {
  return on_end(last_refusal_, false, std::move(token));
}

} // namespace obol::internal
