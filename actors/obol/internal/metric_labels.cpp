#include "obol/internal/metric_labels.hpp"

#include "obol/error.hpp"
#include "obol/message_inspect.hpp"
#include "obol/messages.hpp"

#include <caf/exit_reason.hpp>

#include <array>

namespace obol::internal {

namespace {

template <class Enum, std::size_t N>
const char* pick(const std::array<const char*, N>& names, Enum x) {
  return names[static_cast<std::size_t>(x)];
}

/// The codes stand in the order of the outcomes, after the two good ones.
constexpr request_outcome outcome_of_code(ec code) {
  return static_cast<request_outcome>(
    static_cast<std::size_t>(request_outcome::conflict)
    + static_cast<std::size_t>(code) - static_cast<std::size_t>(ec::conflict));
}

static_assert(outcome_of_code(ec::conflict) == request_outcome::conflict);
static_assert(outcome_of_code(ec::invalid_argument)
              == request_outcome::invalid_argument);

} // namespace

const char* label_of(request_kind x) {
  static constexpr std::array<const char*, request_kind_count + 1> names{
    "get",           "upsert",        "delete",  "get_all", "delete_all",
    "delete_others", "revoke_before", "resolve", "none"};
  return pick(names, x);
}

const char* label_of(request_outcome x) {
  static constexpr std::array<const char*, request_outcome_count> names{
    "ok",
    "not_found",
    "conflict",
    "gone",
    "session_expired",
    "unavailable",
    "overloaded",
    "deadline_exceeded",
    "shutting_down",
    "outcome_unknown",
    "refused",
    "misconfigured",
    "invalid_argument",
    "abandoned",
    "other"};
  return pick(names, x);
}

const char* label_of(reconnect_reason x) {
  static constexpr std::array<const char*, reconnect_reason_count> names{
    "connect_failed", "connect_timeout", "handshake_failed", "stalled",
    "broken",         "unfit_server",    "lifetime"};
  return pick(names, x);
}

const char* label_of(restarted_actor x) {
  static constexpr std::array<const char*, restarted_actor_count> names{
    "connection", "pool", "registrar"};
  return pick(names, x);
}

const char* label_of(restart_reason x) {
  static constexpr std::array<const char*, restart_reason_count> names{
    "exception", "killed", "other"};
  return pick(names, x);
}

const char* label_of(load_reason x) {
  static constexpr std::array<const char*, load_reason_count> names{
    "started", "reconnected", "functions_missing"};
  return pick(names, x);
}

request_outcome outcome_of(const caf::error& failure) {
  auto code = code_of(failure);
  return code ? outcome_of_code(*code) : request_outcome::other;
}

request_outcome outcome_of(request_kind kind, const answer_ptr& answer) {
  if (kind == request_kind::get)
    if (auto* found = value_in<get_answer>(answer))
      return found->session ? request_outcome::ok : request_outcome::not_found;
  if (auto* failure = value_in<caf::error>(answer))
    return outcome_of(*failure);
  return request_outcome::ok;
}

restart_reason restart_reason_of(const caf::error& exit) {
  if (exit == caf::exit_reason::unhandled_exception)
    return restart_reason::exception;
  if (exit == caf::exit_reason::kill)
    return restart_reason::killed;
  return restart_reason::other;
}

} // namespace obol::internal
