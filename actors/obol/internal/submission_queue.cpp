#include "obol/internal/submission_queue.hpp"

#include "obol/interfaces.hpp"

#include <caf/actor_cast.hpp>
#include <caf/mailbox_element.hpp>

#include <utility>

namespace obol::internal {

namespace {

/// Stands on top of a stack that is closed. Nobody looks at what it points to.
operation* const closed = reinterpret_cast<operation*>(alignof(operation));

} // namespace

submission_queue::~submission_queue() {
  take();
  // Each answers for itself.
  while (oldest_) {
    operation_ptr what{std::exchange(oldest_, oldest_->neighbour), false};
    what->submitted_by.belong_to(nullptr);
  }
}

void submission_queue::tell(caf::actor_addr who) {
  who_ = std::move(who);
}

bool submission_queue::put(flight& x, caf::execution_unit* host) {
  auto* what = x.what.get();
  what->submitted_by = std::move(x.requester);
  auto* below = newest_.load(std::memory_order_relaxed);
  do {
    if (below == closed) {
      x.requester = std::move(what->submitted_by);
      return false;
    }
    what->neighbour = below;
  } while (!newest_.compare_exchange_weak(
    below, what, std::memory_order_release, std::memory_order_relaxed));
  // From here on it is another's, and may be gone.
  x.what.detach();
  if (below)
    return true;
  if (auto connection = caf::actor_cast<caf::strong_actor_ptr>(who_))
    connection->enqueue(caf::make_mailbox_element(nullptr,
                                                  caf::make_message_id(), {},
                                                  submit_atom::value),
                        host);
  return true;
}

// -- for the connection -------------------------------------------------------

void submission_queue::take() {
  // Nobody else closes it meanwhile.
  if (newest_.load(std::memory_order_relaxed) != closed)
    take_from(newest_.exchange(nullptr, std::memory_order_acquire));
}

std::optional<flight> submission_queue::next(caf::local_actor* self) {
  if (!oldest_)
    return std::nullopt;
  operation_ptr what{std::exchange(oldest_, oldest_->neighbour), false};
  auto duty = std::move(what->submitted_by);
  duty.belong_to(self);
  return flight{std::move(what), std::move(duty)};
}

void submission_queue::close() {
  take_from(newest_.exchange(closed, std::memory_order_acquire));
}

void submission_queue::take_from(operation* newest) {
  operation* oldest = nullptr;
  while (newest && newest != closed) {
    auto* below = std::exchange(newest->neighbour, oldest);
    oldest = std::exchange(newest, below);
  }
  // Those that were taken before, if any, are older.
  auto** end = &oldest_;
  while (*end)
    end = &(*end)->neighbour;
  *end = oldest;
}

} // namespace obol::internal
