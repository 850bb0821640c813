#include "obol/internal/operation.hpp"

#include "obol/internal/store_metrics.hpp"
#include "obol/server_error.hpp"

namespace obol::internal {

namespace {

/// What the requester is told. Our functions check first and write last, so
/// one that failed inside stored nothing.
caf::error rejection(const server_error& error) {
  auto code = code_for(error);
  if (error.kind == server_error_kind::failed_inside)
    code = error.cause == server_error_kind::noperm ? ec::misconfigured
                                                    : ec::refused;
  else if (code == ec::outcome_unknown)
    code = ec::refused;
  return caf::make_error(code, describe(error));
}

} // namespace

void operation::request_deletion(bool decremented_rc) const noexcept {
  if (submitted_by.is_due() || mark.uncounted)
    const_cast<operation*>(this)->end_on_the_way();
  caf::ref_counted::request_deletion(decremented_rc);
}

// An earlier copy may have taken effect, which only the operation knows.
void operation::end_on_the_way() {
  auto answer = give_up(
    false,
    caf::make_error(ec::shutting_down,
                    std::string{"the actor it was on its way to has ended"}));
  if (mark.uncounted)
    mark.uncounted->dropped(mark, outcome_of(mark.kind, answer));
  submitted_by.deliver(std::move(answer), nullptr);
}

void operation::drop() {
  if (mark.uncounted)
    mark.uncounted->dropped(mark, request_outcome::abandoned);
}

void intrusive_ptr_add_ref(const operation* ptr) noexcept {
  static_cast<const caf::ref_counted*>(ptr)->ref();
}

void intrusive_ptr_release(const operation* ptr) noexcept {
  static_cast<const caf::ref_counted*>(ptr)->deref();
}

operation::verdict operation::on_reply(reply& x, execution& how) {
  return x.is_error() ? on_error(x) : on_answer(x, how);
}

answer_ptr operation::on_deadline(bool may_be_sent) {
  auto reason
    = last_rejection_
        ? last_rejection_
        : caf::make_error(ec::deadline_exceeded,
                          std::string{"no reply came before the deadline"});
  return give_up(may_be_sent, std::move(reason));
}

answer_ptr operation::give_up(bool, caf::error reason) {
  return make_answer(std::move(reason));
}

operation::verdict operation::answer_with(answer_ptr x) {
  return {step::answer, std::move(x)};
}

operation::verdict operation::fail(ec code, std::string text) {
  return answer_with(make_answer(caf::make_error(code, std::move(text))));
}

operation::verdict operation::on_error(const reply& x) {
  auto error = classify(x.text);
  last_rejection_ = rejection(error);
  verdict result;
  switch (error.kind) {
    case server_error_kind::function_missing:
      if (++function_loads_ > max_function_loads)
        break;
      result.step = step::load_functions;
      return result;
    case server_error_kind::readonly:
    case server_error_kind::masterdown:
    case server_error_kind::noauth:
      result.step = step::send_again_later;
      result.renew_connection = true;
      return result;
    case server_error_kind::loading:
    case server_error_kind::busy:
    case server_error_kind::killed:
      result.step = step::send_again_later;
      return result;
    case server_error_kind::protocol_error:
    case server_error_kind::other:
      return answer_with(give_up(true, last_rejection_));
    default:
      break;
  }
  return on_refusal(last_rejection_);
}

operation::verdict operation::on_refusal(caf::error reason) {
  return answer_with(give_up(false, std::move(reason)));
}

} // namespace obol::internal
