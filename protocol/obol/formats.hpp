#pragma once

namespace obol {

/// How sessions lie in the server.
enum class layout {
  /// Ask the server which it can do.
  automatic,
  /// One hash per user and type whose fields expire (Charon 4): needs HSETEX.
  hash_field_expiry,
  /// Sessions, expiries and locks in three keys (Charon 3): Redis >= 7.
  three_set,
};

/// How a session becomes bytes. Reading accepts both.
enum class payload_format {
  /// Erlang external term format, what Charon reads.
  etf,
  json,
};

/// How the bytes are signed. Reading accepts both.
enum class signature_format {
  /// `signed.` + MAC + `.` + payload, what Charon reads.
  charon,
  /// `signed_v2.` + key id + `.` + MAC + `.` + payload; the MAC also binds
  /// key id, key prefix and layout version.
  v2,
};

/// What an upsert checks.
enum class write_guard {
  /// Delete is final and a lost reply is resolved to the true outcome.
  exactly_once,
  /// Charon's rule, bit for bit: a missing lock means insert.
  charon,
};

} // namespace obol
