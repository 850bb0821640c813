#pragma once

#include "obol/internal/transport.hpp"

#include <atomic>
#include <mutex>

namespace obol::internal {

/// Lets at most one notification be under way, and none once it is shut.
///
/// Thread-safe: `signal` is for whoever sees an event, `acknowledge` and `shut`
/// for the owner of the transport. The notification runs under the gate's lock,
/// so it must not wait for the owner; it may call back into the transport.
class notification_gate {
public:
  explicit notification_gate(transport::notification notify);

  notification_gate(const notification_gate&) = delete;
  notification_gate& operator=(const notification_gate&) = delete;

  /// Tells the owner that something happened, unless it has been told and did
  /// not `acknowledge` yet. What happened must be visible to the owner already.
  void signal();

  /// Lets the next `signal` through. The owner looks for what happened after
  /// this call, never before.
  void acknowledge() noexcept;

  /// Once this has returned no notification runs any more. Only a notification
  /// that calls this itself still goes on to its end.
  void shut();

private:
  std::atomic<bool> raised_ = false;

  // Recursive, because a notification that drops the last handle of an actor
  // destroys that actor's transport, which shuts the gate it came through.
  std::recursive_mutex mutex_;

  // Guarded by mutex_, like all that follows.
  transport::notification notify_;

  // How many calls of notify_ are on the stack of the lock's holder.
  int running_ = 0;

  bool shut_ = false;
};

} // namespace obol::internal
