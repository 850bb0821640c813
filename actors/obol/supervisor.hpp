#pragma once

#include "obol/interfaces.hpp"
#include "obol/internal/store_context.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace obol {

/// What a supervisor is told when it is spawned.
struct supervisor_arguments {
  internal::store_context_ptr store;
  store_actor front_door;
};

/// Starts the registrar, then, once the functions are there, the pool, and
/// restarts what fails. The store ends first: then the pool finishes what is
/// in flight, and everything ends.
///
///     starting --functions are there--> running --store is gone--> stopping
///         |                                                           ^
///         +-----------------------store is gone----------------------+
struct supervisor_state {
  // -- types ------------------------------------------------------------------

  enum class phase { starting, running, stopping };

  // -- life -------------------------------------------------------------------

  explicit supervisor_state(
    supervisor_actor::stateful_pointer<supervisor_state> self_ptr);

  supervisor_actor::behavior_type make_behavior(supervisor_arguments arguments);

  // -- handlers ---------------------------------------------------------------

  void on_registration(const registration& x);

  void on_ensure(const ensure_functions& x);

  void on_down(const caf::down_msg& x);

  void on_give_up();

  // -- transitions ------------------------------------------------------------

  void start_registrar();

  void start_pool();

  void stop();

  void quit_if_alone();

  // -- queries ----------------------------------------------------------------

  void log(log_level level, std::string_view what) const;

  // -- members ----------------------------------------------------------------

  supervisor_actor::stateful_pointer<supervisor_state> self;
  supervisor_arguments args;
  supervisor_state::phase phase = phase::starting;
  /// Keeps itself alive: those it has started hold it, but may end.
  supervisor_actor alive;
  registrar_actor registrar;
  pool_actor pool;
  /// The last one that succeeded.
  registration functions;
  static constexpr const char* name = "obol.supervisor";
};

supervisor_actor::behavior_type
supervisor(supervisor_actor::stateful_pointer<supervisor_state> self,
           supervisor_arguments arguments);

} // namespace obol
