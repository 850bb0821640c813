#pragma once

#include "obol/internal/clock.hpp"
#include "obol/internal/ticket_table.hpp"
#include "obol/internal/token_bucket.hpp"
#include "obol/node_options.hpp"

#include <caf/actor_control_block.hpp>
#include <caf/message_id.hpp>
#include <caf/node_id.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>

namespace obol::internal {

/// Which requests of peers are under way, and whether one more may be.
class gateway_ledger {
public:
  using ticket = std::uint64_t;

  /// Who is to be answered, and how.
  struct guest {
    caf::strong_actor_ptr requester;
    caf::message_id request;
    /// It asked for a report of the node.
    bool is_probe = false;
  };

  /// Why a request is turned away.
  enum class refusal {
    none,
    node_full,
    peer_full,
    node_too_fast,
    peer_too_fast,
  };

  struct admission {
    gateway_ledger::refusal refusal = refusal::none;
    /// Where the request was let in.
    gateway_ledger::ticket ticket = 0;
  };

  /// `seed` is any 64 random bits.
  gateway_ledger(gateway_limits limits, std::uint64_t seed);

  admission admit(const caf::node_id& peer, guest who, instant now);

  /// The request is answered, or never will be.
  std::optional<guest> settle(ticket id);

  std::size_t in_flight() const {
    return table_.size();
  }

  /// How many peers are remembered.
  std::size_t peers() const {
    return peers_.size();
  }

private:
  struct peer_account {
    explicit peer_account(std::size_t rate) : bucket(rate) {
    }

    std::size_t in_flight = 0;
    token_bucket bucket;
  };

  struct entry {
    guest who;
    // Stays while anything is in flight.
    peer_account* peer;
  };

  peer_account& account_of(const caf::node_id& peer, instant now);

  refusal check(peer_account& peer, instant now);

  gateway_limits limits_;
  ticket_table<entry> table_;
  token_bucket bucket_;
  /// Of peers that have something under way, or had a moment ago.
  std::unordered_map<caf::node_id, peer_account> peers_;
};

/// What the limit that was met is called.
const char* to_string(gateway_ledger::refusal x);

} // namespace obol::internal
