#pragma once

#include "obol/internal/store_context.hpp"
#include "obol/store.hpp"

#include <caf/actor_config.hpp>

namespace obol::internal {

/// The store's actor. Requests for sessions do not lie in its mailbox: they are
/// turned into operations and put into a connection's queue in the thread of
/// whoever sends them, as CAF's own actor_pool does it. All else, and every
/// request while there is no pool or that breaks a rule, it gets as any actor.
class front_door final : public store_actor::stateful_base<store_state> {
public:
  using super = store_actor::stateful_base<store_state>;

  front_door(caf::actor_config& config, store_context_ptr shared);

  behavior_type make_behavior() override;

  void enqueue(caf::mailbox_element_ptr what,
               caf::execution_unit* host) override;

  const store_context_ptr& context() const {
    return store_;
  }

private:
  /// Puts it into the mailbox, or what is left of that.
  void take_in(caf::mailbox_element_ptr what, caf::execution_unit* host);

  /// Set as long as this exists, unlike the state: senders read it.
  store_context_ptr store_;
};

/// What the actors of that store share; empty if it is no store of this process.
store_context_ptr context_of(const store_actor& store);

} // namespace obol::internal
