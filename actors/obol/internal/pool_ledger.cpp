#include "obol/internal/pool_ledger.hpp"

#include <algorithm>

namespace obol::internal {

pool_ledger::limits pool_ledger::limits::of(const pool_options& x) {
  return {static_cast<std::uint32_t>(x.size),
          static_cast<std::uint32_t>(x.max_overflow),
          static_cast<std::uint32_t>(x.max_in_flight), x.overflow_linger};
}

pool_ledger::pool_ledger(limits bounds) : limits_(bounds) {
  slots_.reserve(limits_.size + limits_.max_overflow);
}

pool_ledger::slot_id pool_ledger::add(bool overflow) {
  auto is_free
    = [](const slot_record& x) { return x.state == slot_state::free; };
  auto i = std::find_if(slots_.begin(), slots_.end(), is_free);
  if (i == slots_.end())
    i = slots_.insert(slots_.end(), slot_record{});
  i->state = slot_state::connecting;
  i->overflow = overflow;
  i->alive = true;
  i->in_flight = 0;
  i->idle_since.reset();
  return static_cast<slot_id>(i - slots_.begin());
}

void pool_ledger::on_up(slot_id slot, instant now) {
  auto& x = slots_[slot];
  if (x.state != slot_state::connecting)
    return;
  x.state = slot_state::ready;
  // One that is renewed has been idle for as long as before.
  if (!x.idle_since)
    x.idle_since = now;
}

void pool_ledger::on_down(slot_id slot) {
  auto& x = slots_[slot];
  if (x.state == slot_state::ready)
    x.state = slot_state::connecting;
}

void pool_ledger::set_alive(slot_id slot, bool alive) {
  slots_[slot].alive = alive;
}

void pool_ledger::checkin(slot_id slot, std::uint32_t count, instant now) {
  auto& x = slots_[slot];
  // The last words of a connection that crashed may reach the slot's next
  // tenant, so this must not go below zero.
  count = std::min(x.in_flight, count);
  x.in_flight -= count;
  in_flight_ -= count;
  if (x.in_flight == 0)
    x.idle_since = now;
}

void pool_ledger::on_draining(slot_id slot) {
  slots_[slot].state = slot_state::draining;
}

void pool_ledger::remove(slot_id slot) {
  auto routed = slots_[slot].routed;
  in_flight_ -= slots_[slot].in_flight;
  slots_[slot] = slot_record{};
  slots_[slot].routed = slots_[slot].routed_before = routed;
}

std::optional<pool_ledger::slot_id> pool_ledger::checkout() {
  if (slots_.empty())
    return std::nullopt;
  if (burst_left_ == 0) {
    turn_ = (turn_ + 1) % slots_.size();
    burst_left_ = routing_burst;
  }
  // Overflow connections have only what the others have no room for: given
  // their turn, they would never be idle while there is load.
  if (auto found = take_turn(false))
    return found;
  return take_turn(true);
}

std::optional<pool_ledger::slot_id> pool_ledger::take_turn(bool overflow) {
  for (std::size_t tried = 0; tried < slots_.size(); ++tried) {
    auto& x = slots_[turn_];
    if (x.overflow == overflow && has_room(x)) {
      --burst_left_;
      ++x.in_flight;
      ++in_flight_;
      ++x.routed;
      return static_cast<slot_id>(turn_);
    }
    turn_ = (turn_ + 1) % slots_.size();
    burst_left_ = routing_burst;
  }
  return std::nullopt;
}

bool pool_ledger::may_overflow() const {
  return overflow() < limits_.max_overflow;
}

std::optional<pool_ledger::slot_id> pool_ledger::retire_lingering(instant now) {
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    auto& x = slots_[i];
    if (x.overflow && x.state == slot_state::ready && x.in_flight == 0
        && now - *x.idle_since >= limits_.overflow_linger) {
      x.state = slot_state::draining;
      return static_cast<slot_id>(i);
    }
  }
  return std::nullopt;
}

bool pool_ledger::any_ready() const {
  return std::any_of(slots_.begin(), slots_.end(),
                     [](auto& x) { return x.state == slot_state::ready; });
}

bool pool_ledger::has_slot(slot_id slot) const {
  return slot < slots_.size() && slots_[slot].state != slot_state::free;
}

std::uint64_t pool_ledger::given(slot_id slot) const {
  return slots_[slot].routed - slots_[slot].routed_before;
}

std::uint32_t pool_ledger::permanent() const {
  auto n = std::count_if(slots_.begin(), slots_.end(), [](auto& x) {
    return x.state != slot_state::free && !x.overflow;
  });
  return static_cast<std::uint32_t>(n);
}

bool pool_ledger::has_overflow() const {
  return overflow() > 0;
}

std::uint32_t pool_ledger::draining() const {
  auto n = std::count_if(slots_.begin(), slots_.end(), [](auto& x) {
    return x.state == slot_state::draining;
  });
  return static_cast<std::uint32_t>(n);
}

pool_phase pool_ledger::phase() const {
  if (!any_ready())
    return pool_phase::not_ready;
  auto room = std::any_of(slots_.begin(), slots_.end(),
                          [this](auto& x) { return has_room(x); });
  if (!room && !may_overflow())
    return pool_phase::full;
  return has_overflow() ? pool_phase::overflow : pool_phase::ready;
}

pool_counts pool_ledger::counts() const {
  pool_counts result;
  for (auto& x : slots_) {
    result.routed.push_back(x.routed);
    result.in_flight += x.in_flight;
    result.connecting += x.state == slot_state::connecting;
    result.idle += x.state == slot_state::ready && x.in_flight == 0;
    result.busy += x.state == slot_state::ready && x.in_flight > 0;
  }
  result.overflow = overflow();
  return result;
}

bool pool_ledger::has_room(const slot_record& x) const {
  return x.state == slot_state::ready && x.alive
         && x.in_flight < limits_.max_in_flight;
}

std::uint32_t pool_ledger::overflow() const {
  auto n = std::count_if(slots_.begin(), slots_.end(), [](auto& x) {
    return x.state != slot_state::free && x.overflow;
  });
  return static_cast<std::uint32_t>(n);
}

} // namespace obol::internal
