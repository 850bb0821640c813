#pragma once

#include "obol/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace obol {

/// What a server's error reply means, by what the receiver does next.
enum class server_error_kind : std::uint8_t {
  // -- not run: wait, or ask another server -----------------------------------

  /// Starting: it reads its data.
  loading,
  /// A script has been running for too long.
  busy,
  /// A replica that has lost its primary.
  masterdown,
  /// A replica.
  readonly,
  /// A cluster says that the key lives elsewhere, or that it is down.
  cluster,
  /// All its client slots are taken; it closes the connection.
  max_clients,

  // -- not run: the server does not accept writes now -------------------------

  /// Its memory is full.
  oom,
  /// It cannot save to disk.
  misconf,
  /// Too few replicas follow it.
  noreplicas,
  /// A transaction was dropped.
  aborted,

  // -- not run: the registrar's business --------------------------------------

  /// The function is not loaded here.
  function_missing,
  /// A library or function of that name is loaded.
  library_exists,
  /// The server does not accept the library's code.
  library_invalid,

  // -- not run: a person must change something --------------------------------

  /// The connection has not authenticated.
  noauth,
  /// User or password is wrong, or the user is switched off.
  wrongpass,
  /// The account lacks a permission.
  noperm,
  /// The server is too old, or the command was disabled.
  unknown_command,
  /// The server does not speak the asked protocol version.
  noproto,
  /// The database number does not exist there.
  wrong_database,
  /// Something else lies under the key.
  wrong_type,
  /// Keys of one call belong to different cluster nodes.
  crossslot,

  // -- run, at least in part --------------------------------------------------

  /// A function failed while it ran; `cause` says why, where that is known.
  failed_inside,
  /// A function was stopped by an operator, which is possible only before its
  /// first write.
  killed,
  /// The server did not understand the bytes; it closes the connection.
  protocol_error,
  /// Anything else.
  other,
};

/// An error reply without its text, which may echo arguments, passwords and
/// payload included.
struct server_error {
  server_error_kind kind = server_error_kind::other;

  /// For `failed_inside`: what stopped the function, else `other`.
  server_error_kind cause = server_error_kind::other;

  /// Whether a write may have happened, as far as the server tells. A function
  /// that checks first and writes once, last, gives a better answer itself.
  bool maybe_applied = true;

  /// The reply's first word if it is one that servers use, else empty.
  std::string first_word;

  /// For `noperm`, as kind or as cause: the command that was denied, if it is
  /// one that this library sends, else empty (a key was denied, for example).
  std::string denied_command;

  friend bool operator==(const server_error&, const server_error&) = default;
};

/// Reads the text of an error reply (without the leading `-`), as Redis 7.0,
/// Redis 8 and Valkey 9 write it.
server_error classify(std::string_view raw);

/// The enumerator's name.
std::string to_string(server_error_kind kind);

/// What the kind means, in words; a constant text.
std::string_view describe(server_error_kind kind);

/// What happened in words; safe to log and to show.
std::string describe(const server_error& error);

/// What the caller of the store gets for it.
ec code_for(const server_error& error);

/// The caller's error: `code_for` and `describe`.
caf::error to_error(const server_error& error);

} // namespace obol
