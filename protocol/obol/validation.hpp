#pragma once

#include "obol/session.hpp"

#include <caf/error.hpp>

#include <cstddef>

namespace obol {

/// How long an id may be, in bytes.
inline constexpr std::size_t max_session_id_bytes = 128;

/// How long a string user id may be, in bytes.
inline constexpr std::size_t max_user_id_bytes = 256;

/// How long a type may be, in bytes.
inline constexpr std::size_t max_session_type_bytes = 64;

/// How long a refresh token id may be, in bytes.
inline constexpr std::size_t max_refresh_token_id_bytes = 256;

/// The latest time a session may name: Redis takes no later expiry, 2^46
/// milliseconds.
inline constexpr unix_seconds max_unix_seconds = 70'368'744'177;

/// Checks what names a session: an id of 1 to 128 bytes that does not begin
/// with `l.` (such fields hold locks), and what names its set. The error is
/// `invalid_argument` and names the field and the rule, never the value.
caf::error validate(const session_key& x);

/// Checks what names a set of sessions: a user id that is an integer of 64
/// bits or a string of 1 to 256 bytes that does not begin with `se.`, `l.`,
/// `e.`, `pl.` or `o.` (such keys hold other things), and a type of 1 to 64
/// letters, digits, `_` or `-`.
caf::error validate(const session_set& x);

/// Checks a session that shall be stored: what names it, times from 0 to
/// `max_unix_seconds`, a lock version from 0 to `max_lock_version` - 1, since
/// one more is stored, a refresh token id of at most 256 bytes, a version of at
/// least 7. A session that is over when it is refreshed, or before, is
/// `session_expired`.
caf::error validate(const session& x);

} // namespace obol
