#include "obol/internal/delete_operations.hpp"

#include "obol/internal/read_operations.hpp"
#include "obol/internal/store_context.hpp"
#include "obol/message_inspect.hpp"

#include <string>
#include <utility>
#include <vector>

namespace obol::internal {

namespace {

session_key key_of(const session_set& set) {
  return {"", set.user_id, set.type};
}

} // namespace

// -- what all have in common --------------------------------------------------

delete_operation::delete_operation(session_event_kind event,
                                   session_key subject, instant deadline)
  : operation(deadline), event_(event), subject_(std::move(subject)) {
}

operation::verdict delete_operation::on_lost(bool may_be_sent, execution&) {
  in_doubt_ = in_doubt_ || (deletes_ && may_be_sent);
  return {step::send_again};
}

answer_ptr delete_operation::give_up(bool may_be_sent, caf::error reason) {
  in_doubt_ = in_doubt_ || (deletes_ && may_be_sent);
  if (in_doubt_)
    reason = caf::make_error(
      ec::outcome_unknown,
      std::string{"the reply was lost; repeating the request is safe"});
  return make_answer(std::move(reason));
}

operation::verdict delete_operation::on_answer(reply& x, execution& how) {
  // Whoever answered may have deleted something.
  if (!x.is_integer())
    return answer_with(give_up(
      true, caf::make_error(
              ec::misconfigured,
              std::string{"the delete function's reply is no number"})));
  how.store.events.publish(event_, subject_);
  return answer_with(make_answer(removed{x.integer}));
}

// -- one, all, others ---------------------------------------------------------

delete_one_operation::delete_one_operation(session_key key, instant deadline)
  : delete_operation(session_event_kind::deleted, std::move(key), deadline) {
}

caf::error delete_one_operation::put_request(std::string& out, execution& how) {
  out += how.commands->remove(subject()).bytes();
  return {};
}

delete_all_operation::delete_all_operation(session_set set, instant deadline)
  : delete_operation(session_event_kind::deleted_all, key_of(set), deadline) {
}

caf::error delete_all_operation::put_request(std::string& out, execution& how) {
  out += how.commands->remove_all(subject().set()).bytes();
  return {};
}

delete_others_operation::delete_others_operation(session_key keep,
                                                 instant deadline)
  : delete_operation(session_event_kind::deleted_all, key_of(keep.set()),
                     deadline),
    keep_(std::move(keep)) {
}

caf::error delete_others_operation::put_request(std::string& out,
                                                execution& how) {
  out += how.commands->remove_others(keep_).bytes();
  return {};
}

// -- those created before an instant ------------------------------------------

revoke_before_operation::revoke_before_operation(session_set set,
                                                 unix_seconds created_before,
                                                 instant deadline)
  : delete_operation(session_event_kind::deleted_all, key_of(set), deadline),
    set_(std::move(set)), created_before_(created_before) {
  deletes_ = false;
}

caf::error revoke_before_operation::put_request(std::string& out,
                                                execution& how) {
  auto& commands = *how.commands;
  out += (deletes_ ? commands.remove_named(set_, ids_) : commands.get_all(set_))
           .bytes();
  return {};
}

operation::verdict revoke_before_operation::on_answer(reply& x,
                                                      execution& how) {
  if (deletes_)
    return delete_operation::on_answer(x, how);
  if (!x.is_array())
    return fail(ec::misconfigured, "the server's reply is no list of sessions");
  for (auto& found : sessions_in(x, set_, how))
    if (found.created_at < created_before_)
      ids_.push_back(std::move(found.id));
  if (ids_.empty())
    return answer_with(make_answer(removed{0}));
  deletes_ = true;
  return {step::send_again};
}

} // namespace obol::internal
