#include "obol/internal/requester.hpp"

#include "obol/internal/operation.hpp"

namespace obol::internal {

requester::requester(caf::local_actor* self) : self_(self) {
  auto* element = self->current_mailbox_element();
  if (!element || element->mid.is_answered() || element->mid.is_response())
    return;
  source_ = std::move(element->sender);
  stages_ = std::move(element->stages);
  id_ = element->mid;
  // Or CAF would answer for us when the handler returns.
  element->mid.mark_as_answered();
}

void requester::deliver(answer_ptr x, caf::execution_unit* host) {
  caf::strong_actor_ptr to;
  if (!stages_.empty()) {
    // A composed actor: the answer is the request to the next in line.
    to = std::move(stages_.back());
    stages_.pop_back();
    x->sender = std::exchange(source_, nullptr);
    x->mid = id_;
    x->stages = std::exchange(stages_, {});
  } else if (source_) {
    to = std::exchange(source_, nullptr);
    x->sender = self_ ? self_->ctrl() : nullptr;
    x->mid = id_.response_id();
  }
  if (to)
    to->enqueue(std::move(x), host);
}

bool requester::is_gone() const {
  return source_
         && source_->get()->getf(caf::abstract_actor::is_terminated_flag);
}

void requester::submit_to(caf::abstract_actor* to, operation_ptr what,
                          caf::execution_unit* host) {
  // Not as the sender of the message: CAF would answer for an actor that has
  // ended, and knows nothing of what became of an earlier copy.
  what->submitted_by = std::move(*this);
  what->submitted_by.belong_to(nullptr);
  to->enqueue(caf::make_mailbox_element(nullptr, caf::make_message_id(), {},
                                        std::move(what)),
              host);
}

} // namespace obol::internal
