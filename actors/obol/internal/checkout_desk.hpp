#pragma once

#include "obol/interfaces.hpp"
#include "obol/internal/brief_mutex.hpp"
#include "obol/internal/clock.hpp"
#include "obol/internal/event_forecast.hpp"
#include "obol/internal/pool_ledger.hpp"
#include "obol/internal/submission_queue.hpp"

#include <caf/actor_control_block.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace obol::internal {

/// The pool's ledger with the connections it speaks of, open to every thread:
/// whoever sends a request finds its connection here, so that the request need
/// not pass the mailboxes of store and pool. What has to wait still goes to the
/// pool.
///
///     closed --open--> open --close--> closed      (each opening: an epoch)
///
/// A request is on its way from when its connection was handed out until it has
/// arrived there. Meanwhile the connection must not end: the request would meet
/// a closed queue, and have to go to the pool.
class checkout_desk {
public:
  using slot_id = pool_ledger::slot_id;

  /// Counts the openings; a connection belongs to one of them. 0: to none.
  using epoch = std::uint32_t;

  /// The ledger, for as long as this lives.
  class access {
  public:
    explicit access(checkout_desk& desk) : lock_(desk.mutex_), desk_(desk) {
    }

    ~access() {
      desk_.note_in_flight();
    }

    pool_ledger* operator->() {
      return &desk_.ledger_;
    }

  private:
    std::lock_guard<brief_mutex> lock_;
    checkout_desk& desk_;
  };

  /// Where a request goes: into the queue of a connection, or to the pool.
  /// Neither while there is no pool.
  struct destination {
    submission_queue_ptr connection;
    caf::strong_actor_ptr pool;

    explicit operator bool() const {
      return connection || pool;
    }
  };

  checkout_desk() = default;

  ~checkout_desk();

  /// From here on this is told how many requests are under way.
  /// @pre nothing else was called
  void tell(std::shared_ptr<event_forecast> x) {
    forecast_ = std::move(x);
  }

  // -- for those who send requests --------------------------------------------

  /// Where a new request goes: to the connection whose turn it is, or to the
  /// pool if none has room or others wait already.
  destination route();

  /// Where it goes if that connection has ended meanwhile.
  destination reroute();

  // -- for connections --------------------------------------------------------

  /// From here on the connection can take requests, or not.
  void set_alive(epoch when, slot_id slot, bool alive);

  /// So many requests have left the connection for good.
  /// @returns whether the pool is to be told, because others wait for the room
  bool checkin(epoch when, slot_id slot, std::uint32_t count, instant now);

  /// How many requests all connections have, or had a moment ago. Does not
  /// lock.
  std::uint32_t in_flight() const {
    return in_flight_.load(std::memory_order_relaxed);
  }

  /// Whether requests are on their way to the connection, where so many have
  /// arrived.
  bool has_on_way(epoch when, slot_id slot, std::uint64_t arrived);

  // -- for the pool -----------------------------------------------------------

  epoch open(const pool_actor& pool, pool_ledger::limits limits);

  /// From here on nothing is routed. A second call does nothing.
  void close(epoch when);

  access ledger() {
    return access{*this};
  }

  /// Who sits on a slot of the ledger; nobody, before the slot is given up.
  void seat(slot_id slot, submission_queue_ptr who);

  /// A connection for a request that waits. If none has room, the next checkin
  /// is told to the pool.
  submission_queue_ptr checkout();

  /// Whether requests wait for room, and whether new ones must go to the pool
  /// for another reason.
  void set_queue(bool anyone_waits, bool divert);

private:
  submission_queue_ptr take_turn();

  void note_in_flight();

  std::shared_ptr<event_forecast> forecast_;
  /// Written under the lock.
  std::atomic<std::uint32_t> in_flight_{0};
  brief_mutex mutex_;
  // Guarded by mutex_, like all that follows.
  pool_ledger ledger_{{}};
  std::vector<submission_queue_ptr> seats_;
  pool_actor pool_;
  epoch epoch_ = 0;
  bool anyone_waits_ = false;
  bool divert_ = false;
};

} // namespace obol::internal
