#include "obol/internal/upsert_resolution.hpp"

namespace obol::internal {

std::optional<upsert_reply> parse_upsert_reply(std::string_view text) {
  if (text == "OK")
    return upsert_reply::ok;
  if (text == "DUP")
    return upsert_reply::duplicate;
  if (text == "CONFLICT")
    return upsert_reply::conflict;
  if (text == "GONE")
    return upsert_reply::gone;
  if (text == "OLD")
    return upsert_reply::old;
  if (text.substr(0, 4) == "LATE")
    return upsert_reply::late;
  if (text == "EXPIRED")
    return upsert_reply::expired;
  if (text == "CORRUPT")
    return upsert_reply::corrupt;
  return std::nullopt;
}

std::optional<resolve_reply> parse_resolve_reply(std::string_view text) {
  if (text == "PENDING")
    return resolve_reply::pending;
  if (text == "APPLIED")
    return resolve_reply::applied;
  if (text == "NOT_APPLIED")
    return resolve_reply::not_applied;
  if (text == "UNKNOWN")
    return resolve_reply::unknown;
  return std::nullopt;
}

upsert_resolution::verdict upsert_resolution::on_reply(upsert_reply x) {
  switch (x) {
    case upsert_reply::ok:
    case upsert_reply::duplicate:
      return {action::succeed};
    case upsert_reply::conflict:
      return {action::fail, ec::conflict};
    case upsert_reply::expired:
      return {action::fail, ec::session_expired};
    case upsert_reply::corrupt:
      return {action::fail, ec::refused};
    case upsert_reply::gone:
      // An earlier copy may have been stored, and deleted since.
      return {action::fail, in_doubt_ ? ec::outcome_unknown : ec::gone};
    case upsert_reply::old:
      // More writes came after this version than the ring remembers.
      return {action::fail, in_doubt_ ? ec::outcome_unknown : ec::conflict};
    case upsert_reply::late:
      if (in_doubt_)
        return {action::ask};
      if (clock_was_measured_again_)
        return {action::fail, ec::deadline_exceeded};
      clock_was_measured_again_ = true;
      return {action::send_with_new_deadline};
  }
  return {action::fail, ec::outcome_unknown};
}

upsert_resolution::verdict upsert_resolution::on_reply(resolve_reply x) {
  switch (x) {
    case resolve_reply::pending:
      return {action::ask_later};
    case resolve_reply::applied:
      return {action::succeed};
    case resolve_reply::not_applied:
      return {action::fail, ec::deadline_exceeded};
    case resolve_reply::unknown:
      return {action::fail, ec::outcome_unknown};
  }
  return {action::fail, ec::outcome_unknown};
}

upsert_resolution::verdict upsert_resolution::on_lost(bool may_be_sent,
                                                      bool time_left) {
  in_doubt_ = in_doubt_ || may_be_sent;
  if (!in_doubt_)
    return {action::send_again};
  // Charon's function cannot recognise a second copy.
  if (guard_ == write_guard::charon)
    return {action::fail, ec::outcome_unknown};
  return {time_left ? action::send_again : action::ask};
}

upsert_resolution::verdict upsert_resolution::on_deadline(bool may_be_sent) {
  in_doubt_ = in_doubt_ || may_be_sent;
  return {action::fail,
          in_doubt_ ? ec::outcome_unknown : ec::deadline_exceeded};
}

} // namespace obol::internal
