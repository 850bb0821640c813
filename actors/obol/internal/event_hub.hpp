#pragma once

#include "obol/messages.hpp"

#include <caf/actor.hpp>
#include <caf/actor_addr.hpp>

#include <atomic>
#include <mutex>
#include <vector>

namespace obol::internal {

/// Passes session events to those who subscribed. Costs one atomic load while
/// nobody has. Safe to use from any thread.
class event_hub {
public:
  void subscribe(const caf::actor& subscriber);

  /// Forgets a subscriber that terminated.
  void remove(const caf::actor_addr& subscriber);

  bool has_subscribers() const {
    return any_.load(std::memory_order_acquire);
  }

  void publish(session_event_kind kind, const session_key& key);

private:
  std::atomic<bool> any_{false};
  std::mutex mutex_;
  std::vector<caf::actor_addr> subscribers_;
};

} // namespace obol::internal
