#pragma once

#include <caf/mailbox_element.hpp>
#include <caf/message_id.hpp>

#include <utility>

namespace obol::internal {

/// What a requester is told, ready to lie in its mailbox: its answer or a
/// `caf::error`. Made where the value comes up, so that it is neither copied
/// nor put into a message of its own.
using answer_ptr = caf::mailbox_element_ptr;

template <class T>
answer_ptr make_answer(T x) {
  return caf::make_mailbox_element(nullptr, caf::make_message_id(), {},
                                   std::move(x));
}

/// The value in an answer; null if it holds another type.
template <class T>
T* value_in(const answer_ptr& x) {
  return x && x->content().match_elements<T>()
           ? static_cast<T*>(x->content().get_mutable(0))
           : nullptr;
}

} // namespace obol::internal
