#pragma once

#include "obol/interfaces.hpp"
#include "obol/internal/operation.hpp"
#include "obol/internal/store_context.hpp"

#include <caf/response_promise.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstdint>
#include <vector>

namespace obol {

/// What the front door knows and does as an actor: readiness, status and events.
/// Requests for sessions mostly pass it by (internal/front_door.hpp); those that
/// do not are checked and passed to the pool. Connections answer the requester
/// directly.
///
///     not ready <--> ready --exit--> gone, new requests are answered
///                                    with shutting_down
struct store_state {
  // -- types ------------------------------------------------------------------

  /// Somebody who waits until the store is ready.
  struct waiter {
    caf::response_promise requester;
    internal::instant until;
  };

  // -- life -------------------------------------------------------------------

  explicit store_state(store_actor::stateful_pointer<store_state> self_ptr);

  ~store_state();

  store_actor::behavior_type make_behavior(internal::store_context_ptr shared);

  // -- handlers ---------------------------------------------------------------

  /// Checks a request, turns it into an operation, and hands that and the duty
  /// to answer to the pool.
  template <class Answer, class Request>
  caf::result<Answer> on_request(Request& x);

  caf::result<store_status> on_status();

  caf::result<store_status> on_wait_ready(const wait_ready_request& x);

  void on_subscribe(const subscribe_request& x);

  void on_pool_attached(const pool_attached& x);

  void on_readiness(const readiness_changed& x);

  /// A subscriber or the pool is gone.
  void on_down(const caf::down_msg& x);

  void on_tick();

  /// Tells those who wait for readiness, if it has come.
  void answer_waiting();

  // -- members ----------------------------------------------------------------

  store_actor::stateful_pointer<store_state> self;
  internal::store_context_ptr store;
  pool_actor pool;
  bool ready = false;
  /// Why it is not ready.
  caf::error trouble;
  std::vector<waiter> waiting;
  static constexpr const char* name = "obol.store";
};

} // namespace obol
