#include "obol/internal/upsert_operation.hpp"

#include "obol/internal/store_context.hpp"
#include "obol/message_inspect.hpp"

#include <charconv>
#include <utility>

namespace obol::internal {

namespace {

const char* text_of(ec code) {
  switch (code) {
    case ec::conflict:
      return "another writer stored the session since it was read";
    case ec::gone:
      return "the session was deleted or has expired since it was read";
    case ec::session_expired:
      return "refresh_expires_at is not in the future of the server's clock";
    case ec::refused:
      return "the stored lock version is not a number";
    default:
      return "the deadline passed and nothing was written";
  }
}

/// The time in a reply like `LATE 1700000000000`, in milliseconds.
std::int64_t time_in(std::string_view late_reply) {
  std::int64_t result = 0;
  if (late_reply.size() > 5)
    std::from_chars(late_reply.data() + 5,
                    late_reply.data() + late_reply.size(), result);
  return result;
}

} // namespace

upsert_operation::upsert_operation(arguments what, instant deadline)
  : operation(deadline), what_(std::move(what)),
    server_deadline_(what_.server_deadline),
    resolution_(what_.guard, what_.in_doubt) {
}

std::string* upsert_operation::prepare(session_sealer& by) {
  // What cannot be sealed says so when its request is put.
  return stored_.empty() && !by.prepare(what_.next, stored_) ? &stored_
                                                             : nullptr;
}

caf::error upsert_operation::put_request(std::string& out, execution& how) {
  if (asking_) {
    out += how.commands->resolve(token()).bytes();
    return {};
  }
  if (stored_.empty()) {
    auto sealed = how.sealer->seal(what_.next);
    if (!sealed)
      return std::move(sealed.error());
    stored_ = std::move(*sealed);
  }
  if (!is_stamped_)
    stamp(how);
  auto& next = what_.next;
  how.commands->put_upsert(out,
                           {next.id, next.user_id, next.type, next.lock_version,
                            stored_, next.refresh_expires_at,
                            what_.operation_id, server_deadline_},
                           stamped_at_);
  return {};
}

operation::verdict upsert_operation::on_lost(bool may_be_sent, execution& how) {
  // A question that was lost is asked again.
  if (asking_)
    return {step::send_again};
  auto time_left = how.now < what_.write_until;
  return follow(resolution_.on_lost(may_be_sent, time_left), how);
}

answer_ptr upsert_operation::give_up(bool may_be_sent, caf::error reason) {
  auto last = resolution_.on_deadline(may_be_sent && !asking_);
  return last.code == ec::outcome_unknown ? doubt()
                                          : make_answer(std::move(reason));
}

operation::verdict upsert_operation::on_answer(reply& x, execution& how) {
  if (asking_) {
    if (auto parsed = parse_resolve_reply(x.text))
      return follow(resolution_.on_reply(*parsed), how);
  } else if (auto parsed = parse_upsert_reply(x.text)) {
    if (*parsed == upsert_reply::late)
      note_time(time_in(x.text), how);
    return follow(resolution_.on_reply(*parsed), how);
  }
  // Whoever answered may have stored it.
  return answer_with(give_up(
    true,
    caf::make_error(ec::misconfigured,
                    std::string{"the function's reply is not one of ours"})));
}

resolution_token upsert_operation::token() const {
  return {what_.next.key(), what_.next.lock_version, what_.operation_id,
          server_deadline_};
}

// No more than a handshake believes: sessions expire by this clock.
void upsert_operation::note_time(std::int64_t server_ms, execution& how) {
  auto ours = how.store.env.clock->unix_ms();
  auto most = how.store.options.clock_offset_max.count();
  if (server_ms >= ours - most && server_ms <= ours + most)
    how.store.server_time.measure(server_ms, how.now, how.now);
}

answer_ptr upsert_operation::doubt() const {
  // Charon's function leaves nothing that a token could be resolved by.
  if (what_.guard == write_guard::charon)
    return make_answer(caf::make_error(
      ec::outcome_unknown,
      std::string{"the reply was lost; with write_guard = charon nobody can "
                  "tell the outcome"}));
  return make_answer(caf::make_error(
    ec::outcome_unknown,
    std::string{"the reply was lost; resolve the token to learn the outcome"},
    token()));
}

void upsert_operation::stamp(execution& how) {
  auto& clock = how.store.server_time;
  // One that all copies share stays, whatever the clock.
  server_deadline_ = what_.server_deadline != 0 ? what_.server_deadline
                                                : clock.ms_at(what_.write_until);
  stamped_at_ = clock.seconds_at(how.now);
  is_stamped_ = true;
}

operation::verdict upsert_operation::on_refusal(caf::error reason) {
  // This copy was refused, but an earlier one may have been stored.
  if (!resolution_.in_doubt() || asking_)
    return operation::on_refusal(std::move(reason));
  return ask();
}

operation::verdict upsert_operation::ask() {
  asking_ = true;
  return {step::send_again};
}

operation::verdict upsert_operation::follow(upsert_resolution::verdict x,
                                            execution& how) {
  switch (x.action) {
    case upsert_resolution::action::succeed:
    case upsert_resolution::action::fail:
      return finish(x, how);
    case upsert_resolution::action::send_again:
      return {step::send_again};
    case upsert_resolution::action::send_with_new_deadline:
      stamp(how);
      return {step::send_again};
    case upsert_resolution::action::ask:
      return ask();
    case upsert_resolution::action::ask_later:
      break;
  }
  return {step::send_again_later};
}

operation::verdict upsert_operation::finish(upsert_resolution::verdict x,
                                            execution& how) {
  if (x.action == upsert_resolution::action::succeed) {
    auto first = what_.next.lock_version == 1;
    publish(first ? session_event_kind::created : session_event_kind::refreshed,
            how);
    return answer_with(make_answer(std::move(what_.next)));
  }
  if (x.code == ec::outcome_unknown)
    return answer_with(doubt());
  if (x.code == ec::conflict)
    publish(session_event_kind::lock_conflict, how);
  return fail(x.code, text_of(x.code));
}

void upsert_operation::publish(session_event_kind kind, execution& how) const {
  if (how.store.events.has_subscribers())
    how.store.events.publish(kind, what_.next.key());
}

} // namespace obol::internal
