#pragma once

#include <caf/error.hpp>
#include <caf/make_message.hpp>
#include <caf/message.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace obol {

/// Why a request failed, by what its caller can do about it.
enum class ec : std::uint8_t {
  // -- decided by the store: nothing was written; read again ------------------

  /// Another writer stored the session since it was read.
  conflict = 1,
  /// The session was deleted or has expired since it was read.
  gone,
  /// `refresh_expires_at` is not in the future of the server's clock.
  session_expired,

  // -- never sent: a retry is safe --------------------------------------------

  /// No connection is ready; the text says why.
  unavailable,
  /// Every connection and the waiting queue are full.
  overloaded,
  /// The deadline passed before anything could be sent or, for reads, answered.
  deadline_exceeded,
  /// The store is stopping.
  shutting_down,

  // -- sent -------------------------------------------------------------------

  /// The reply was lost and could not be recovered before the deadline. The
  /// error of an upsert carries a `resolution_token` for `resolve`, unless
  /// `write_guard` is `charon`: then nobody can tell.
  outcome_unknown,
  /// The server said no: out of memory, read-only, disk trouble.
  refused,

  // -- needs a person ---------------------------------------------------------

  /// Credentials, permissions, TLS or the wrong server; the text says what to
  /// change.
  misconfigured,
  /// The request breaks a rule; the text names the field and the rule.
  invalid_argument,
};

/// The enumerator's name.
std::string to_string(ec code);

/// The code of an error of this library, also where the actor system reports
/// that a store is gone (`shutting_down`). Empty for foreign errors.
std::optional<ec> code_of(const caf::error& error);

/// What went wrong in words; without ids, secrets or payload.
std::string describe(const caf::error& error);

} // namespace obol

CAF_ERROR_CODE_ENUM(obol::ec, "obol")
