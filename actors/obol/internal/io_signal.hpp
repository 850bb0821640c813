#pragma once

#include "obol/interfaces.hpp"
#include "obol/internal/polling_scheduler.hpp"

#include <caf/actor_addr.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/mailbox_element.hpp>

#include <functional>
#include <utility>

namespace obol::internal {

/// For a transport to tell an actor that something happened at its socket. Does
/// not keep the actor from ending, and does nothing once it has.
inline std::function<void()> io_signal_to(caf::actor_addr to) {
  return [weak = std::move(to)] {
    if (auto strong = caf::actor_cast<caf::strong_actor_ptr>(weak))
      strong->enqueue(caf::make_mailbox_element(nullptr, caf::make_message_id(),
                                                {}, io_atom::value),
                      current_worker(*strong->home_system));
  };
}

} // namespace obol::internal
