#pragma once

#include "obol/extra_payload.hpp"
#include "obol/session_key.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace obol {

/// Whole seconds since the Unix epoch.
using unix_seconds = std::int64_t;

/// One login of one user: Charon's `Charon.Models.Session`, version 7.
struct session {
  /// 1 to 128 bytes, not starting with `l.`. Not used again after a delete.
  std::string id;

  obol::user_id user_id;

  /// `[A-Za-z0-9_-]{1,64}`.
  std::string type = default_session_type;

  unix_seconds created_at = 0;
  unix_seconds refreshed_at = 0;

  /// The session is gone from here on. Later than `refreshed_at`.
  unix_seconds refresh_expires_at = 0;

  /// When the login ends however often it is refreshed; empty means never.
  std::optional<unix_seconds> expires_at;

  std::string refresh_token_id;
  unix_seconds tokens_fresh_from = 0;
  unix_seconds prev_tokens_fresh_from = 0;

  /// How often it was stored; 0 means not yet. An upsert succeeds only if the
  /// store still holds this version. At most 2^53 - 2.
  std::int64_t lock_version = 0;

  /// What the application keeps with the login.
  obol::extra_payload extra_payload;

  /// Of the record, not of the session: 7, unless a newer system wrote it.
  std::int64_t version = 7;

  session_key key() const {
    return {id, user_id, type};
  }

  session_set set() const {
    return {user_id, type};
  }

  friend bool operator==(const session&, const session&) = default;
};

/// The largest lock version a session may be stored with. One above it is the
/// tombstone a delete leaves; numbers in the server's Lua are doubles.
inline constexpr std::int64_t max_lock_version = (std::int64_t{1} << 53) - 2;

} // namespace obol
