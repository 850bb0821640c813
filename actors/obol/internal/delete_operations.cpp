#include "obol/internal/delete_operations.hpp"

#include "obol/internal/read_operations.hpp"
#include "obol/message_inspect.hpp"

#include <string>
#include <utility>
#include <vector>

namespace obol::internal {

delete_operation::delete_operation(command what, session_event_kind event,
                                   session_key subject, instant deadline)
  : operation(deadline), what_(std::move(what)), event_(event),
    subject_(std::move(subject)) {
}

const std::string& delete_operation::request() const {
  return what_.bytes();
}

operation::verdict delete_operation::on_lost(bool may_be_sent, execution&) {
  in_doubt_ = in_doubt_ || (deletes_ && may_be_sent);
  return {step::send_again};
}

caf::message delete_operation::give_up(bool may_be_sent, caf::error reason) {
  in_doubt_ = in_doubt_ || (deletes_ && may_be_sent);
  if (in_doubt_)
    reason = caf::make_error(
      ec::outcome_unknown,
      std::string{"the reply was lost; repeating the request is safe"});
  return caf::make_message(std::move(reason));
}

operation::verdict delete_operation::on_answer(reply& x, execution& how) {
  if (!x.is_integer())
    return fail(ec::misconfigured, "the delete function's reply is no number");
  how.store.events.publish(event_, subject_);
  return answer_with(caf::make_message(removed{x.integer}));
}

revoke_before_operation::revoke_before_operation(
  std::shared_ptr<const session_commands> commands, session_set set,
  unix_seconds created_before, instant deadline)
  : delete_operation(commands->get_all(set), session_event_kind::deleted_all,
                     session_key{"", set.user_id, set.type}, deadline),
    commands_(std::move(commands)), set_(std::move(set)),
    created_before_(created_before) {
  deletes_ = false;
}

operation::verdict revoke_before_operation::on_answer(reply& x,
                                                      execution& how) {
  if (deletes_)
    return delete_operation::on_answer(x, how);
  if (!x.is_array())
    return fail(ec::misconfigured, "the server's reply is no list of sessions");
  std::vector<std::string> ids;
  for (auto& found : sessions_in(x, set_, how))
    if (found.created_at < created_before_)
      ids.push_back(std::move(found.id));
  if (ids.empty())
    return answer_with(caf::make_message(removed{0}));
  what_ = commands_->remove_named(set_, ids);
  deletes_ = true;
  return {step::send_again};
}

} // namespace obol::internal
