#pragma once

#include "obol/interfaces.hpp"
#include "obol/internal/backoff.hpp"
#include "obol/internal/connection_fsm.hpp"
#include "obol/internal/flights.hpp"
#include "obol/internal/handshake.hpp"
#include "obol/internal/late_message.hpp"
#include "obol/internal/send_batch.hpp"
#include "obol/internal/store_context.hpp"
#include "obol/internal/submission_queue.hpp"
#include "obol/internal/tick_timer.hpp"
#include "obol/internal/wire.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace obol {

/// What a connection is told when it is spawned.
struct connection_arguments {
  internal::store_context_ptr store;
  connection_owner owner;
  /// The number its owner knows it by.
  std::uint32_t slot = 0;
  internal::account account = internal::account::data;
  obol::layout layout = obol::layout::automatic;
  /// Of the desk it is routed by; 0 if it has one owner that sends everything.
  internal::checkout_desk::epoch epoch = 0;
  /// Where its operations come from, beside its mailbox.
  internal::submission_queue_ptr submitted
    = caf::make_counted<internal::submission_queue>();
};

/// Owns one socket to the server and the requests in flight on it. Reconnects
/// by itself; see internal/connection_fsm.hpp for its phases.
struct connection_state {
  // -- types ------------------------------------------------------------------

  using phase = internal::connection_fsm::phase;

  // -- life -------------------------------------------------------------------

  explicit connection_state(
    connection_actor::stateful_pointer<connection_state> self_ptr);

  /// Nothing stays unanswered, whatever ended the actor.
  ~connection_state();

  connection_actor::behavior_type make_behavior(connection_arguments arguments);

  // -- handlers ---------------------------------------------------------------

  void on_submitted();

  void on_operation(internal::flight x);

  void on_io();

  void on_connect_progress();

  void on_flush();

  void on_tick();

  void on_reconnect();

  void on_drain();

  // -- transitions ------------------------------------------------------------

  void connect();

  void start_handshake();

  /// Sends the handshake's next command.
  void continue_handshake();

  void become_ready();

  /// Gets no more requests; renewed, or stopped, once nothing is in flight.
  /// Does nothing unless it is ready.
  void start_draining();

  void finish_draining_if_idle();

  /// Resets the socket and gives every request in flight its outcome. No
  /// reason: it was told to.
  void lose(caf::error reason, internal::reconnect_reason why
                               = internal::reconnect_reason::broken);

  /// Ends, once told to, when no request is on its way to it any more.
  void stop_if_alone();

  // -- bytes ------------------------------------------------------------------

  void read_all();

  void on_handshake_reply(reply& x);

  void write();

  /// Sends soon, together with what comes until then.
  void write_soon();

  /// Checks in so many operations that were answered.
  void check_in(std::uint32_t count);

  // -- queries ----------------------------------------------------------------

  internal::instant now() const;

  /// For whatever time brings about next.
  void schedule_tick(internal::instant time);

  void tick_at(internal::instant when, internal::instant time);

  void log(log_level level, std::string_view what) const;

  // -- members ----------------------------------------------------------------

  connection_actor::stateful_pointer<connection_state> self;
  connection_arguments args;
  internal::connection_fsm fsm;
  internal::backoff reconnect_backoff;
  /// Set from connecting to draining.
  std::unique_ptr<internal::wire> wire;
  std::optional<internal::handshake> greeting;
  internal::flights in_flight;
  internal::tick_timer timer;
  /// How many operations have come, whatever became of them.
  std::uint64_t arrived = 0;
  /// When the handshake's last command was sent.
  internal::instant asked_at{};
  bool flush_pending = false;
  internal::send_batch batch;
  /// Tells when to send, where that waits for others.
  caf::intrusive_ptr<internal::late_message> late_flush;
  /// Set while replies are taken, when the connection turns out to be useless.
  caf::error broken;
  bool stopping = false;
  static constexpr const char* name = "obol.connection";
};

connection_actor::behavior_type
connection(connection_actor::stateful_pointer<connection_state> self,
           connection_arguments arguments);

} // namespace obol
