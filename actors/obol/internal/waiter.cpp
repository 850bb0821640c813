#include "obol/internal/waiter.hpp"

#include "obol/internal/store_metrics.hpp"

#include <utility>

namespace obol::internal {

void waiter::answer(answer_ptr x, instant now) {
  if (auto* counts = what->mark.uncounted)
    counts->answered(what->mark, x, now);
  requester.deliver(std::move(x));
}

bool waiter::drop_if_orphaned() {
  if (!requester.is_gone())
    return false;
  what->drop();
  return true;
}

} // namespace obol::internal
