#pragma once

#include "obol/interfaces.hpp"
#include "obol/log.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace obol::serve {

/// Tells a service manager how a store is.
using herald_actor = caf::typed_actor<
  // INTERNAL, to itself: it is time to ask the store.
  caf::reacts_to<tick_atom>>;

/// What a herald is told when it is spawned.
struct herald_arguments {
  store_actor store;

  /// Takes lines as sd_notify(3) has them; false if they must be told again.
  std::function<bool(const std::string&)> tell;

  /// How often a sign of life is expected; empty: never.
  std::optional<std::chrono::microseconds> watchdog;

  log_sink log;
};

/// Asks the store how it is, over and over. Its first readiness, which means
/// that the functions are there and a connection was verified, is READY=1; from
/// then on every answer is a sign of life. Every new answer is a STATUS line. A
/// store that does not answer gets no sign of life, so that the manager
/// restarts us.
struct herald_state {
  // -- life -------------------------------------------------------------------

  explicit herald_state(herald_actor::stateful_pointer<herald_state> self_ptr);

  herald_actor::behavior_type make_behavior(herald_arguments arguments);

  // -- handlers ---------------------------------------------------------------

  void on_tick();

  void on_status(const store_status& x);

  void on_silence(const caf::error& reason);

  // -- queries ----------------------------------------------------------------

  /// Half of what is allowed, so that one may come late.
  std::chrono::microseconds interval() const;

  // -- members ----------------------------------------------------------------

  herald_actor::stateful_pointer<herald_state> self;
  herald_arguments args;
  bool was_ready = false;
  /// The last STATUS line.
  std::string status;
  static constexpr const char* name = "obol.herald";
};

/// One line about a store, for people.
std::string status_line(const store_status& x);

herald_actor::behavior_type
herald(herald_actor::stateful_pointer<herald_state> self,
       herald_arguments arguments);

} // namespace obol::serve
