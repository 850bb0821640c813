#include "obol/internal/gateway_ledger.hpp"

#include <utility>

namespace obol::internal {

gateway_ledger::gateway_ledger(gateway_limits limits, std::uint64_t seed)
  : limits_(limits), table_(limits.max_in_flight, seed),
    bucket_(limits.max_rate) {
}

gateway_ledger::admission
gateway_ledger::admit(const caf::node_id& peer, guest who, instant now) {
  auto& account = account_of(peer, now);
  if (auto reason = check(account, now); reason != refusal::none)
    return {reason};
  ++account.in_flight;
  return {refusal::none, table_.put({std::move(who), &account})};
}

std::optional<gateway_ledger::guest> gateway_ledger::settle(ticket id) {
  auto found = table_.take(id);
  if (!found)
    return std::nullopt;
  --found->peer->in_flight;
  return std::move(found->who);
}

gateway_ledger::peer_account&
gateway_ledger::account_of(const caf::node_id& peer, instant now) {
  auto known = peers_.find(peer);
  if (known != peers_.end())
    return known->second;
  // Peers that went away are forgotten; those that are here are bounded by
  // their connections.
  if (peers_.size() >= 2 * limits_.max_peers)
    std::erase_if(peers_, [now](auto& x) {
      return x.second.in_flight == 0 && x.second.bucket.is_full(now);
    });
  return peers_.try_emplace(peer, limits_.max_rate_per_peer).first->second;
}

gateway_ledger::refusal gateway_ledger::check(peer_account& peer, instant now) {
  if (table_.full())
    return refusal::node_full;
  if (peer.in_flight >= limits_.max_in_flight_per_peer)
    return refusal::peer_full;
  if (!peer.bucket.take(now))
    return refusal::peer_too_fast;
  return bucket_.take(now) ? refusal::none : refusal::node_too_fast;
}

const char* to_string(gateway_ledger::refusal x) {
  switch (x) {
    case gateway_ledger::refusal::none:
      break;
    case gateway_ledger::refusal::node_full:
      return "limits.max_in_flight";
    case gateway_ledger::refusal::peer_full:
      return "limits.max_in_flight_per_peer";
    case gateway_ledger::refusal::node_too_fast:
      return "limits.max_rate";
    case gateway_ledger::refusal::peer_too_fast:
      return "limits.max_rate_per_peer";
  }
  return "";
}

} // namespace obol::internal
