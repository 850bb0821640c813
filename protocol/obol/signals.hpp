#pragma once

#include "obol/formats.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/atom.hpp>
#include <caf/error.hpp>
#include <caf/intrusive_ptr.hpp>

#include <chrono>
#include <cstdint>
#include <string>

// INTERNAL: what the store's own actors say among themselves. None of it
// leaves the process.

namespace obol {

namespace internal {

class operation;

void intrusive_ptr_add_ref(const operation* ptr) noexcept;
void intrusive_ptr_release(const operation* ptr) noexcept;

} // namespace internal

/// One request on its way through the store.
using operation_ptr = caf::intrusive_ptr<internal::operation>;

using submit_atom = caf::atom_constant<caf::atom("submit")>;
using io_atom = caf::atom_constant<caf::atom("io")>;
using flush_atom = caf::atom_constant<caf::atom("flush")>;
using tick_atom = caf::atom_constant<caf::atom("tick")>;
using reconnect_atom = caf::atom_constant<caf::atom("reconnect")>;
using drain_atom = caf::atom_constant<caf::atom("drain")>;
using renew_atom = caf::atom_constant<caf::atom("renew")>;
using retry_atom = caf::atom_constant<caf::atom("retry")>;
using restart_registrar_atom = caf::atom_constant<caf::atom("restart_r")>;
using restart_pool_atom = caf::atom_constant<caf::atom("restart_p")>;
using give_up_atom = caf::atom_constant<caf::atom("give_up")>;

/// What a server said of itself in the handshake.
struct server_facts {
  /// `redis` or `valkey`.
  std::string name;
  std::string version;
  /// `standalone`, `cluster` or `sentinel`.
  std::string mode;
  /// `master` or `replica`.
  std::string role;
};

/// A connection is ready for operations.
struct connection_up {
  std::uint32_t slot = 0;
  server_facts server;
};

/// A connection is not ready any more, or could not become so.
struct connection_down {
  std::uint32_t slot = 0;
  /// Why; empty when it was renewed or closed as planned.
  caf::error reason;
  /// It will not come back: this is the last one hears of it.
  bool stopped = false;
  /// The server may not be asked any more: it has become a replica, for
  /// example.
  bool unfit_server = false;
};

/// So many operations have left a connection, whatever became of them.
struct checkin {
  std::uint32_t slot = 0;
  std::uint32_t count = 0;
};

/// Why the server is asked whether it has the functions.
enum class load_reason : std::uint8_t {
  /// The store begins.
  started,
  /// Connections were lost: it may be another server, or one without memory.
  reconnected,
  /// The server did not know them when they were called.
  functions_missing,
};

/// Make sure of the functions again.
struct ensure_functions {
  load_reason why = load_reason::started;
};

/// How a registration ended.
struct registration {
  /// Empty when the functions are there and work.
  caf::error failure;
  obol::layout layout = obol::layout::automatic;
  server_facts server;
};

/// Whether requests can be served; `reason` says why not.
struct readiness_changed {
  bool ready = false;
  caf::error reason;
};

} // namespace obol

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(obol::operation_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(obol::connection_up)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(obol::connection_down)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(obol::checkin)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(obol::ensure_functions)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(obol::registration)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(obol::readiness_changed)
