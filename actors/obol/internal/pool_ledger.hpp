#pragma once

#include "obol/internal/clock.hpp"
#include "obol/messages.hpp"
#include "obol/options.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace obol::internal {

/// Who has how much in flight, and whose turn it is. Bookkeeping only: the pool
/// tells it what happened and asks what to do.
class pool_ledger {
public:
  using slot_id = std::uint32_t;

  struct limits {
    std::uint32_t size = 10;
    std::uint32_t max_overflow = 5;
    std::uint32_t max_in_flight = 64;
    duration overflow_linger = std::chrono::seconds{30};

    static limits of(const pool_options& x);
  };

  /// How many requests go to one connection before the turn passes on, as long
  /// as it has room: whole batches cost fewer system calls, here and in the
  /// server.
  static constexpr std::uint32_t routing_burst = 32;

  explicit pool_ledger(limits bounds);

  // -- what happened ----------------------------------------------------------

  /// A connection was started; answers its slot. Slots of connections that
  /// were removed are used again.
  slot_id add(bool overflow);

  /// It is ready.
  void on_up(slot_id slot, instant now);

  /// It is not ready any more.
  void on_down(slot_id slot);

  /// What the connection itself says, which the pool hears of a little later:
  /// it gets nothing while it is not alive.
  void set_alive(slot_id slot, bool alive);

  /// So many requests have left it.
  void checkin(slot_id slot, std::uint32_t count, instant now);

  /// It is being closed: it gets no more requests.
  void on_draining(slot_id slot);

  /// It is gone.
  void remove(slot_id slot);

  // -- what to do -------------------------------------------------------------

  /// The connection whose turn it is among the ready ones with room, overflow
  /// last; counts the request as in flight there. Empty when none has room.
  std::optional<slot_id> checkout();

  /// Whether another overflow connection may be opened for what is waiting.
  bool may_overflow() const;

  /// An overflow connection that has been idle for the linger time; it gets no
  /// more requests.
  std::optional<slot_id> retire_lingering(instant now);

  // -- queries ----------------------------------------------------------------

  bool any_ready() const;

  /// How many requests all connections have.
  std::uint32_t in_flight() const {
    return in_flight_;
  }

  bool has_slot(slot_id slot) const;

  /// How many requests were given to the connection that sits there now.
  std::uint64_t given(slot_id slot) const;

  /// Connections, whatever they are doing, that are not overflow.
  std::uint32_t permanent() const;

  bool has_overflow() const;

  /// Connections that finish what is in flight and then go.
  std::uint32_t draining() const;

  pool_phase phase() const;

  /// All counts but `waiting`, which is the pool's.
  pool_counts counts() const;

private:
  enum class slot_state : std::uint8_t { free, connecting, ready, draining };

  struct slot_record {
    slot_state state = slot_state::free;
    bool overflow = false;
    bool alive = true;
    std::uint32_t in_flight = 0;
    /// Since it has nothing in flight; empty until it is ready at first.
    std::optional<instant> idle_since;
    std::uint64_t routed = 0;
    /// To those who sat there before.
    std::uint64_t routed_before = 0;
  };

  bool has_room(const slot_record& x) const;

  std::uint32_t overflow() const;

  /// Gives a request to one of these connections.
  std::optional<slot_id> take_turn(bool overflow);

  limits limits_;
  std::vector<slot_record> slots_;
  std::uint32_t in_flight_ = 0;
  /// Whose turn it is, and how many more it gets in this burst.
  std::size_t turn_ = 0;
  std::uint32_t burst_left_ = routing_burst;
};

} // namespace obol::internal
