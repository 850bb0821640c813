#include "obol/internal/checkout_desk.hpp"

#include <caf/actor_cast.hpp>

#include <utility>

namespace obol::internal {

checkout_desk::~checkout_desk() {
  ledger_ = pool_ledger{{}};
  note_in_flight();
}

// -- for those who send requests ----------------------------------------------

checkout_desk::destination checkout_desk::route() {
  std::lock_guard guard{mutex_};
  if (!anyone_waits_ && !divert_)
    if (auto connection = take_turn())
      return {std::move(connection), {}};
  return {{}, caf::actor_cast<caf::strong_actor_ptr>(pool_)};
}

checkout_desk::destination checkout_desk::reroute() {
  std::lock_guard guard{mutex_};
  return {{}, caf::actor_cast<caf::strong_actor_ptr>(pool_)};
}

// -- for connections ----------------------------------------------------------

void checkout_desk::set_alive(epoch when, slot_id slot, bool alive) {
  std::lock_guard guard{mutex_};
  if (when == epoch_ && ledger_.has_slot(slot))
    ledger_.set_alive(slot, alive);
}

bool checkout_desk::checkin(epoch when, slot_id slot, std::uint32_t count,
                            instant now) {
  std::lock_guard guard{mutex_};
  if (when != epoch_ || !ledger_.has_slot(slot))
    return false;
  ledger_.checkin(slot, count, now);
  note_in_flight();
  return anyone_waits_;
}

bool checkout_desk::has_on_way(epoch when, slot_id slot,
                               std::uint64_t arrived) {
  std::lock_guard guard{mutex_};
  return when == epoch_ && ledger_.has_slot(slot)
         && ledger_.given(slot) != arrived;
}

// -- for the pool -------------------------------------------------------------

checkout_desk::epoch checkout_desk::open(const pool_actor& pool,
                                         pool_ledger::limits limits) {
  std::lock_guard guard{mutex_};
  ledger_ = pool_ledger{limits};
  note_in_flight();
  pool_ = pool;
  anyone_waits_ = divert_ = false;
  return ++epoch_;
}

void checkout_desk::close(epoch when) {
  // Outlive the lock: dropping the last handle of an actor ends it.
  std::vector<submission_queue_ptr> seats;
  pool_actor pool;
  std::lock_guard guard{mutex_};
  if (when != epoch_ || !pool_)
    return;
  ++epoch_;
  ledger_ = pool_ledger{{}};
  note_in_flight();
  seats.swap(seats_);
  std::swap(pool, pool_);
}

void checkout_desk::seat(slot_id slot, submission_queue_ptr who) {
  std::lock_guard guard{mutex_};
  if (seats_.size() <= slot)
    seats_.resize(slot + 1);
  std::swap(seats_[slot], who);
}

submission_queue_ptr checkout_desk::checkout() {
  std::lock_guard guard{mutex_};
  auto result = take_turn();
  if (!result)
    anyone_waits_ = true;
  return result;
}

void checkout_desk::set_queue(bool anyone_waits, bool divert) {
  std::lock_guard guard{mutex_};
  anyone_waits_ = anyone_waits;
  divert_ = divert;
}

submission_queue_ptr checkout_desk::take_turn() {
  auto slot = ledger_.checkout();
  note_in_flight();
  return slot ? seats_[*slot] : nullptr;
}

void checkout_desk::note_in_flight() {
  auto now = ledger_.in_flight();
  auto before = in_flight_.load(std::memory_order_relaxed);
  in_flight_.store(now, std::memory_order_relaxed);
  if (!forecast_)
    return;
  if (now > before)
    forecast_->expect(now - before);
  else if (now < before)
    forecast_->settle(before - now);
}

} // namespace obol::internal
