#pragma once

#include "obol/interfaces.hpp"
#include "obol/internal/operation.hpp"
#include "obol/internal/store_context.hpp"
#include "obol/session_commands.hpp"
#include "obol/stored_session.hpp"

#include <caf/response_promise.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace obol {

/// The front door: checks requests, turns them into operations and passes them
/// to the pool, whose connections answer the requester directly.
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

  caf::result<get_answer> on_get(const get_request& x);

  caf::result<session> on_upsert(upsert_request& x);

  caf::result<removed> on_delete(const delete_request& x);

  caf::result<get_all_answer> on_get_all(const get_all_request& x);

  caf::result<removed> on_delete_all(const delete_all_request& x);

  caf::result<removed> on_delete_others(const delete_others_request& x);

  caf::result<removed> on_revoke_before(const revoke_before_request& x);

  caf::result<resolution> on_resolve(const resolve_request& x);

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

  // -- passing on -------------------------------------------------------------

  /// Until when a request with this timeout must be answered.
  caf::expected<internal::instant> deadline_of(caf::timespan timeout);

  /// Hands the operation, and the duty to answer, to the pool.
  void pass(operation_ptr what);

  /// Checks what all requests share: that `rules` are kept and that there is a
  /// pool. Answers the deadline.
  caf::expected<internal::instant> admit(caf::error rules,
                                         caf::timespan timeout);

  // -- members ----------------------------------------------------------------

  store_actor::stateful_pointer<store_state> self;
  internal::store_context_ptr store;
  pool_actor pool;
  std::shared_ptr<const session_commands> commands;
  std::optional<session_sealer> sealer;
  bool ready = false;
  /// Why it is not ready.
  caf::error trouble;
  std::vector<waiter> waiting;
  static constexpr const char* name = "obol.store";
};

store_actor::behavior_type
store(store_actor::stateful_pointer<store_state> self,
      internal::store_context_ptr shared);

} // namespace obol
