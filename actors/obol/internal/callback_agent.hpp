#pragma once

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/atom.hpp>
#include <caf/behavior.hpp>
#include <caf/error.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>

#include <cstddef>
#include <functional>

namespace obol::internal {

struct callback_agent_state;

using callback_agent_pointer = caf::stateful_actor<callback_agent_state>*;

/// A request on behalf of somebody who is no actor.
struct callback_job {
  /// Makes the request, and calls `callback_agent_state::finished` when it was
  /// answered.
  std::function<void(callback_agent_pointer)> run;
  /// Tells the caller that it was not made.
  std::function<void(caf::error)> refuse;
};

using finish_atom = caf::atom_constant<caf::atom("finish")>;

/// Makes requests for the facade and hears their answers. Told to finish, it
/// waits for those that are due.
struct callback_agent_state {
  explicit callback_agent_state(callback_agent_pointer self_ptr);

  caf::behavior make_behavior(std::size_t limit);

  void on_job(const callback_job& job);

  void on_finish();

  void finished();

  callback_agent_pointer self;
  /// How many requests may be due at a time, and how many are.
  std::size_t max_due = 0;
  std::size_t due = 0;
  bool finishing = false;
  static constexpr const char* name = "obol.callback_agent";
};

caf::behavior callback_agent(callback_agent_pointer self, std::size_t limit);

} // namespace obol::internal

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(obol::internal::callback_job)
