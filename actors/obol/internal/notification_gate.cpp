#include "obol/internal/notification_gate.hpp"

#include <utility>

namespace obol::internal {

notification_gate::notification_gate(transport::notification notify)
  : notify_(std::move(notify)) {
  // nop
}

// No event is lost between `acknowledge` and the next read. Both are exchanges
// of one atomic, hence ordered. Either the signal comes first: then its event
// was there before the acknowledge, and the owner finds it, because it looks
// after the acknowledge. Or the acknowledge comes first: then the signal sees
// `false` and notifies again.
void notification_gate::signal() {
  if (raised_.exchange(true, std::memory_order_acq_rel))
    return;
  // Outlives the lock: destroying it may run the code of others.
  transport::notification last;
  std::lock_guard guard{mutex_};
  if (shut_)
    return;
  ++running_;
  notify_();
  --running_;
  if (running_ == 0 && shut_)
    last = std::exchange(notify_, nullptr);
}

void notification_gate::acknowledge() noexcept {
  raised_.exchange(false, std::memory_order_acq_rel);
}

void notification_gate::shut() {
  transport::notification last;
  std::lock_guard guard{mutex_};
  shut_ = true;
  if (running_ == 0)
    last = std::exchange(notify_, nullptr);
}

} // namespace obol::internal
