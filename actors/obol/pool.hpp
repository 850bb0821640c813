#pragma once

#include "obol/interfaces.hpp"
#include "obol/internal/checkout_desk.hpp"
#include "obol/internal/store_context.hpp"
#include "obol/internal/tick_timer.hpp"
#include "obol/internal/waiter.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace obol {

/// What a pool is told when it is spawned.
struct pool_arguments {
  internal::store_context_ptr store;
  store_actor front_door;
  supervisor_actor supervisor;
  /// The layout and the server the registrar has found.
  registration functions;
};

/// Owns the connections. New operations reach them through the desk, in the
/// sender's thread, round-robin among the ready ones with room. The pool gets
/// those for which there is none, and those that come back: it opens overflow
/// connections, keeps a bounded queue, and turns away what does not fit.
///
///     not ready --> ready <--> overflow <--> full
///         ^           |            |           |
///         +-----------+------------+-----------+    ... --> draining
struct pool_state {
  // -- types ------------------------------------------------------------------

  using waiter = internal::waiter;

  // -- life -------------------------------------------------------------------

  explicit pool_state(pool_actor::stateful_pointer<pool_state> self_ptr);

  /// Nothing stays unanswered, whatever ended the actor.
  ~pool_state();

  pool_actor::behavior_type make_behavior(pool_arguments arguments);

  // -- handlers ---------------------------------------------------------------

  void on_connection_up(const connection_up& x);

  void on_connection_down(const connection_down& x);

  void on_checkin(const checkin& x);

  void on_operation(operation_ptr& what);

  store_status on_status();

  void on_registration(const registration& x);

  void on_tick();

  void on_drain();

  /// A connection ended without saying so.
  void on_crash(const caf::down_msg& x);

  // -- transitions ------------------------------------------------------------

  void open_connection(bool overflow);

  /// Nobody sits there any more.
  void give_up_slot(std::uint32_t slot);

  /// Tells the store when requests can, or can no more, be served.
  void tell_readiness();

  void quit_if_drained();

  // -- waiting ----------------------------------------------------------------

  /// Sends what waits for room to connections that have some.
  void dispatch();

  /// Lets new requests pass by, or not, as the queues demand.
  void tell_desk();

  /// Lets it wait for what it needs.
  void take_in(waiter x);

  void wait_for_room(waiter x);

  /// Answers and removes those whose time is over or whose client is gone.
  void sweep(std::deque<waiter>& queue, internal::instant time);

  void reject(waiter& x, ec code, std::string reason);

  void close_lingering(internal::instant time);

  void schedule_tick();

  // -- queries ----------------------------------------------------------------

  internal::instant now() const;

  /// How many wait for whatever reason: for room, for another try, for the
  /// functions.
  std::size_t queued() const;

  /// Whether what is new must be turned away. What comes back from a connection
  /// was let in already.
  bool queue_is_full() const;

  /// Whether a connection takes requests, now or in a moment.
  bool may_serve() const;

  /// Whether another overflow connection may be opened.
  bool may_overflow() const;

  /// The ledger, locked while the result lives.
  internal::checkout_desk::access ledger() const;

  void log(log_level level, std::string_view what) const;

  // -- members ----------------------------------------------------------------

  pool_actor::stateful_pointer<pool_state> self;
  pool_arguments args;
  internal::checkout_desk::epoch epoch = 0;
  /// By slot; empty where the slot is free.
  std::vector<connection_actor> connections;
  /// For room in a connection, oldest first.
  std::deque<waiter> waiting;
  /// For their `not_before`.
  std::deque<waiter> delayed;
  /// For the functions to be loaded again.
  std::deque<waiter> awaiting_functions;
  /// Connections that are up while it is not known whether their server has
  /// the functions.
  std::vector<std::uint32_t> unverified;
  /// Connections that are being renewed: requests may wait for them.
  std::vector<std::uint32_t> renewing;
  /// Whether the functions are known to be there since connections were lost.
  bool verified = true;
  bool ensuring = false;
  bool was_ready = false;
  bool draining = false;
  /// Why no connection is ready.
  caf::error trouble;
  internal::tick_timer timer;
  static constexpr const char* name = "obol.pool";
};

pool_actor::behavior_type pool(pool_actor::stateful_pointer<pool_state> self,
                               pool_arguments arguments);

} // namespace obol
