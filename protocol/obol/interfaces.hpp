#pragma once

#include "obol/error.hpp"
#include "obol/message_inspect.hpp"
#include "obol/messages.hpp"
#include "obol/signals.hpp"

#include <caf/typed_actor.hpp>

// Every actor interface of the store on one page. Above each signature stands
// what it does and how it fails; messages an actor sends itself, or that only
// its neighbours send, are marked INTERNAL. Any request may also fail with
// `unavailable`, `overloaded`, `deadline_exceeded`, `shutting_down`,
// `misconfigured` and `invalid_argument`; see error.hpp.

namespace obol {

struct pool_attached;

/// The front door. Answers every request exactly once, by its deadline.
using store_actor = caf::typed_actor<
  // The session, or nothing where it does not exist, has expired or is not
  // authentic. A failure is never "nothing".
  caf::replies_to<get_request>::with<get_answer>,

  // The session as stored, with lock_version + 1. Fails with conflict, gone,
  // session_expired, refused or outcome_unknown.
  caf::replies_to<upsert_request>::with<session>,

  // Removes the session for good; removing what is not there succeeds. Fails
  // with refused or outcome_unknown (repeating it is safe).
  caf::replies_to<delete_request>::with<removed>,

  // All live, authentic sessions of the set.
  caf::replies_to<get_all_request>::with<get_all_answer>,

  // Removes all sessions of the set. Fails as delete does.
  caf::replies_to<delete_all_request>::with<removed>,

  // Removes all sessions of the set but one. Fails as delete does.
  caf::replies_to<delete_others_request>::with<removed>,

  // Removes the sessions created before an instant. Fails as delete does.
  caf::replies_to<revoke_before_request>::with<removed>,

  // What became of an upsert that ended with outcome_unknown.
  caf::replies_to<resolve_request>::with<resolution>,

  // Readiness, counts and the server's name. Never fails.
  caf::replies_to<status_request>::with<store_status>,

  // Answers when ready; unavailable with the reason after the timeout.
  caf::replies_to<wait_ready_request>::with<store_status>,

  // Sends the subscriber a session_event for each change from now on.
  caf::reacts_to<subscribe_request>,

  // INTERNAL, from a pool: requests go to it from now on.
  caf::reacts_to<pool_attached>,

  // INTERNAL, from the pool, and from the supervisor while there is none:
  // whether requests can be served.
  caf::reacts_to<readiness_changed>,

  // INTERNAL, to itself: gives up on those who wait for readiness too long.
  caf::reacts_to<tick_atom>>;

/// A store as other nodes see it: session operations and a report, nothing
/// else. Takes and answers what a store does; `invalid_argument` also for a
/// request that is too large, `overloaded` beyond its limits.
using gateway_actor = caf::typed_actor<
  caf::replies_to<get_request>::with<get_answer>,
  caf::replies_to<upsert_request>::with<session>,
  caf::replies_to<delete_request>::with<removed>,
  caf::replies_to<get_all_request>::with<get_all_answer>,
  caf::replies_to<delete_all_request>::with<removed>,
  caf::replies_to<delete_others_request>::with<removed>,
  caf::replies_to<revoke_before_request>::with<removed>,
  caf::replies_to<resolve_request>::with<resolution>,
  caf::replies_to<status_request>::with<store_status>,

  // INTERNAL, from a remote client: whether the node can be used.
  caf::replies_to<probe_request>::with<node_report>>;

/// Who owns a connection hears of its life.
using connection_owner = caf::typed_actor<
  // INTERNAL, from a connection: it is ready for operations.
  caf::reacts_to<connection_up>,

  // INTERNAL, from a connection: it no longer is, and why.
  caf::reacts_to<connection_down>,

  // INTERNAL, from a connection: so many operations have left it.
  caf::reacts_to<checkin>,

  // INTERNAL, from a connection: an operation to be sent once more.
  caf::reacts_to<operation_ptr>>;

/// Routes operations round-robin to connections with room.
using pool_actor = connection_owner::extend<
  // Readiness, counts and the server's name.
  caf::replies_to<status_request>::with<store_status>,

  // INTERNAL, from the supervisor: the functions are there, or why not.
  caf::reacts_to<registration>,

  // INTERNAL, to itself: sweeps what waits, closes idle overflow connections.
  caf::reacts_to<tick_atom>,

  // INTERNAL, from the supervisor: finish what is in flight, then quit.
  caf::reacts_to<drain_atom>>;

/// INTERNAL: where the store's requests go from now on.
struct pool_attached {
  pool_actor pool;
  obol::layout layout = obol::layout::automatic;
};

/// Owns one socket; pipelines operations and answers their promises.
using connection_actor = caf::typed_actor<
  // INTERNAL, from its owner: send this and answer its requester, or hand the
  // operation back to the owner if it must be sent elsewhere.
  caf::reacts_to<operation_ptr>,

  // INTERNAL, from whoever routes: operations lie in the submission queue.
  caf::reacts_to<submit_atom>,

  // INTERNAL, from the transport: something happened on the socket.
  caf::reacts_to<io_atom>,

  // INTERNAL, to itself: send what has been collected.
  caf::reacts_to<flush_atom>,

  // INTERNAL, to itself: look at deadlines, progress and idle time.
  caf::reacts_to<tick_atom>,

  // INTERNAL, to itself: the backoff is over.
  caf::reacts_to<reconnect_atom>,

  // INTERNAL, from its owner: finish what is in flight, then connect anew.
  caf::reacts_to<renew_atom>,

  // INTERNAL, from its owner: finish what is in flight, then quit.
  caf::reacts_to<drain_atom>>;

/// Loads the functions into the server and proves that they work.
using registrar_actor = connection_owner::extend<
  // INTERNAL, from the supervisor: make sure again; the outcome goes to it as a
  // `registration`. Calls while one is under way share its outcome.
  caf::reacts_to<ensure_functions>,

  // INTERNAL, to itself: try again after a failure.
  caf::reacts_to<retry_atom>>;

/// Starts the others in order, watches them, and ends them in order.
using supervisor_actor = caf::typed_actor<
  // INTERNAL, from the registrar: the functions are there, or why not.
  caf::reacts_to<registration>,

  // INTERNAL, from the pool: make sure of the functions again.
  caf::reacts_to<ensure_functions>,

  // INTERNAL, to itself: restart what has failed; give up a drain that takes
  // too long.
  caf::reacts_to<restart_registrar_atom>, caf::reacts_to<restart_pool_atom>,
  caf::reacts_to<give_up_atom>>;

} // namespace obol

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(obol::pool_attached)
