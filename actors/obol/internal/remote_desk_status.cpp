// What a remote desk tells of itself.

#include "obol/error.hpp"
#include "obol/internal/remote_desk.hpp"

#include <cstdint>

namespace obol::internal {

std::size_t remote_desk::in_flight() {
  std::lock_guard guard{mutex_};
  return calls_.size() - probes_;
}

caf::error remote_desk::reason_of_outage() const {
  auto& reason = ledger_.trouble();
  // The node's own words, where it has some for us.
  if (code_of(reason) == ec::unavailable
      || code_of(reason) == ec::misconfigured)
    return reason;
  return caf::make_error(ec::unavailable,
                         "no node is ready: " + describe(reason));
}

caf::error remote_desk::trouble() {
  std::lock_guard guard{mutex_};
  return ledger_.count(node_ledger::phase::ready) > 0 ? caf::error{}
                                                      : reason_of_outage();
}

bool remote_desk::is_ready() {
  std::lock_guard guard{mutex_};
  return ledger_.count(node_ledger::phase::ready) > 0;
}

gateway_actor remote_desk::node(slot_id slot) {
  std::lock_guard guard{mutex_};
  return nodes_[slot];
}

store_status remote_desk::status() {
  std::lock_guard guard{mutex_};
  using phase = node_ledger::phase;
  store_status result;
  for (slot_id slot = 0; slot < ledger_.size(); ++slot)
    if (ledger_.phase_of(slot) == phase::ready) {
      auto& known = ledger_.report_of(slot).status;
      result.layout = known.layout;
      result.server = known.server;
    }
  auto ready = ledger_.count(phase::ready);
  result.phase = ready > 0 ? pool_phase::ready : pool_phase::not_ready;
  if (ready == 0)
    result.reason = describe(reason_of_outage());
  auto busy
    = calls_.all([](auto& x) { return !x.is_probe && x.node != nowhere; })
        .size();
  auto waiting = calls_.all([](auto& x) { return x.node == nowhere; }).size();
  result.pool.idle = static_cast<std::uint32_t>(ready);
  result.pool.connecting = static_cast<std::uint32_t>(
    ledger_.size() - ready - ledger_.count(phase::unready));
  result.pool.in_flight = static_cast<std::uint32_t>(busy);
  result.pool.waiting = static_cast<std::uint32_t>(waiting);
  result.connections_opened = ledger_.connected;
  result.connections_lost = ledger_.lost;
  return result;
}

} // namespace obol::internal
