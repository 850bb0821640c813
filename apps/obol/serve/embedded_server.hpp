#pragma once

#include "obol/internal/backoff.hpp"
#include "obol/internal/random_source.hpp"
#include "obol/log.hpp"
#include "obol/signals.hpp"
#include "servers/server_process.hpp"

#include <caf/response_promise.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(obol::servers::server_event)

namespace obol::serve {

using settled_atom = caf::atom_constant<caf::atom("settled")>;
using wait_atom = caf::atom_constant<caf::atom("wait")>;

/// A server that runs as long as this actor does.
using embedded_server_actor = caf::typed_actor<
  // True once clients can connect. Fails with unavailable, and the reason, if
  // the server ends before they ever could.
  caf::replies_to<wait_atom>::with<bool>,

  // INTERNAL, from the runner: what became of the server.
  caf::reacts_to<servers::server_event>,

  // INTERNAL, to itself: the pause is over.
  caf::reacts_to<retry_atom>,

  // INTERNAL, to itself: the start of that number has lasted long enough for
  // the next pause to be short again.
  caf::reacts_to<settled_atom, std::uint64_t>,

  // INTERNAL, to itself: a stop takes too long.
  caf::reacts_to<give_up_atom>>;

/// What an embedded server is told when it is spawned.
struct embedded_server_arguments {
  /// Makes the runner, whose events go to that function.
  using maker = std::function<std::unique_ptr<servers::server_runner>(
    servers::server_process::listener)>;

  maker make_runner;
  std::shared_ptr<internal::random_source> random;
  log_sink log;
};

/// Starts a server and starts it again when it ends, until it receives an exit
/// message: then it ends the server, and itself.
///
///     starting --listening--> running --ended--> pausing --+
///        ^  |                                       ^      |
///        |  +-----------------ended-----------------+      |
///        +------------------the pause is over--------------+
///     any --exit--> stopping --ended--> gone
struct embedded_server_state {
  // -- types ------------------------------------------------------------------

  enum class phase { starting, running, pausing, stopping };

  // -- life -------------------------------------------------------------------

  explicit embedded_server_state(
    embedded_server_actor::stateful_pointer<embedded_server_state> self_ptr);

  embedded_server_actor::behavior_type
  make_behavior(embedded_server_arguments arguments);

  // -- handlers ---------------------------------------------------------------

  caf::result<bool> on_wait();

  void on_event(const servers::server_event& x);

  void on_retry();

  void on_settled(std::uint64_t start_number);

  void on_give_up();

  void on_exit();

  // -- transitions ------------------------------------------------------------

  void start();

  void on_listening();

  void on_ended(const std::string& how);

  void answer_waiting(const caf::error& failure);

  // -- queries ----------------------------------------------------------------

  void log(log_level level, std::string_view what) const;

  // -- members ----------------------------------------------------------------

  embedded_server_actor::stateful_pointer<embedded_server_state> self;
  embedded_server_arguments args;
  std::unique_ptr<servers::server_runner> runner;
  embedded_server_state::phase phase = phase::starting;
  internal::backoff pauses;
  /// Of the start that runs, to tell it from earlier ones.
  std::uint64_t starts = 0;
  /// How the first start ended, for those who ask later.
  caf::error failure;
  std::vector<caf::response_promise> waiting;
  static constexpr const char* name = "obol.embedded_server";
};

embedded_server_actor::behavior_type embedded_server(
  embedded_server_actor::stateful_pointer<embedded_server_state> self,
  embedded_server_arguments arguments);

} // namespace obol::serve
