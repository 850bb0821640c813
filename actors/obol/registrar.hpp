#pragma once

#include "obol/interfaces.hpp"
#include "obol/internal/backoff.hpp"
#include "obol/internal/function_setup.hpp"
#include "obol/internal/handshake.hpp"
#include "obol/internal/store_context.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstdint>
#include <optional>

namespace obol {

/// What a registrar is told when it is spawned.
struct registrar_arguments {
  internal::store_context_ptr store;
  supervisor_actor supervisor;
};

/// Brings the function library to the server over a connection of its own,
/// then closes it. Does it again when asked; who asks while it is at it shares
/// the outcome. After a failure it goes on trying.
///
///     idle --ensure--> working --> idle
///                         |  ^
///                         v  |
///                       resting (backoff)
struct registrar_state {
  // -- types ------------------------------------------------------------------

  enum class phase { idle, working, resting };

  // -- life -------------------------------------------------------------------

  explicit registrar_state(
    registrar_actor::stateful_pointer<registrar_state> self_ptr);

  /// Leaves no connection behind.
  ~registrar_state();

  registrar_actor::behavior_type make_behavior(registrar_arguments arguments);

  // -- handlers ---------------------------------------------------------------

  void on_connection_up(const connection_up& x);

  void on_connection_down(const connection_down& x);

  void on_ensure(const ensure_functions& x);

  void on_retry();

  /// A connection ended without saying so.
  void on_crash(const caf::down_msg& x);

  // -- transitions ------------------------------------------------------------

  void start();

  void connect(internal::account who);

  void disconnect();

  /// Sends the setup's next command, over the account it needs.
  void proceed();

  void on_reply(const reply& x);

  void succeed();

  void fail(caf::error reason);

  // -- queries ----------------------------------------------------------------

  /// Whether functions are loaded by another account than data is used by.
  bool has_own_account() const;

  void log(log_level level, std::string_view what) const;

  // -- members ----------------------------------------------------------------

  registrar_actor::stateful_pointer<registrar_state> self;
  registrar_arguments args;
  registrar_state::phase phase = phase::idle;
  internal::backoff retry_backoff;
  std::optional<internal::function_setup> setup;
  connection_actor connection;
  /// Counts connections, so that the last words of an old one are known as
  /// such.
  std::uint32_t generation = 0;
  internal::account logged_in_as = internal::account::data;
  server_facts server;
  /// Why the setup under way, or the next try of it, was begun.
  load_reason why = load_reason::started;
  /// The layout found first. It stays: another one would hide every session.
  obol::layout settled = obol::layout::automatic;
  static constexpr const char* name = "obol.registrar";
};

registrar_actor::behavior_type
registrar(registrar_actor::stateful_pointer<registrar_state> self,
          registrar_arguments arguments);

} // namespace obol
