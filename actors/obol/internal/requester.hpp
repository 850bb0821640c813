#pragma once

#include "obol/internal/answer.hpp"
#include "obol/signals.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/error.hpp>
#include <caf/local_actor.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/message_id.hpp>

#include <utility>

namespace obol::internal {

/// The duty to answer a request once, as CAF's response_promise, which delivers
/// only messages of their own. Belongs to the actor whose handler took it over,
/// and on the way between two actors, in an operation, to nobody.
class requester {
public:
  using stack = caf::mailbox_element::forwarding_stack;

  /// Nobody.
  requester() = default;

  /// Takes the duty over for the request `self` is handling. Nobody waits if
  /// that was taken before.
  explicit requester(caf::local_actor* self);

  requester(caf::local_actor* self, caf::strong_actor_ptr source, stack stages,
            caf::message_id id)
    : self_(self), source_(std::move(source)), stages_(std::move(stages)),
      id_(id) {
  }

  requester(requester&&) noexcept = default;
  requester& operator=(requester&&) noexcept = default;

  /// From here on the duty is this actor's; nobody's if null.
  void belong_to(caf::local_actor* self) {
    self_ = self;
  }

  /// Does nothing the second time.
  /// @pre it belongs to the calling actor
  void deliver(answer_ptr x) {
    deliver(std::move(x), self_->context());
  }

  /// The same, in another thread than the actor's.
  void deliver(answer_ptr x, caf::execution_unit* host);

  void deliver(caf::error x) {
    deliver(make_answer(std::move(x)));
  }

  /// Hands an operation, and the duty within it, to another actor. Also one
  /// that nobody listens to: it is to be carried out all the same.
  template <class Handle>
  void delegate(const Handle& to, operation_ptr what) {
    submit_to(caf::actor_cast<caf::abstract_actor*>(to), std::move(what),
              self_->context());
  }

  /// The same, in another thread than the actor's.
  void submit_to(caf::abstract_actor* to, operation_ptr what,
                 caf::execution_unit* host);

  /// Whether somebody waits for an answer.
  bool is_due() const {
    return source_ || !stages_.empty();
  }

  /// Whether nobody is left to hear the answer.
  bool is_gone() const;

private:
  caf::local_actor* self_ = nullptr;
  caf::strong_actor_ptr source_;
  stack stages_;
  caf::message_id id_;
};

} // namespace obol::internal
