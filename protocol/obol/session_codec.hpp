#pragma once

#include "obol/session.hpp"

#include <caf/error.hpp>
#include <caf/expected.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace obol {

/// How long a refresh token lives where a record does not say it: Charon's
/// default of two months. Used for records of versions 0 and 1 only.
inline constexpr std::chrono::seconds default_refresh_token_ttl{60 * 24 * 3600};

/// Reads Charon's session record: 131 and a map with the struct's atom keys,
/// in any order and encoding, compressed or not; bytes after it are ignored.
///
/// Records of versions 0 to 6 are brought to version 7 by Charon's rules, for
/// which versions 0 and 1 need `now` and `refresh_token_ttl`. A record of a
/// newer version is read if it has the fields of version 7 and no others, of
/// which those about token generations and the lock may be absent; it keeps
/// its version number.
///
/// Fails with `invalid_argument`, naming the field, for anything else.
caf::expected<session> decode_etf(std::string_view bytes, unix_seconds now,
                                  std::chrono::seconds refresh_token_ttl
                                  = default_refresh_token_ttl);

/// The same into a session, which need not be moved then.
/// @returns why it failed, and `result` holds nothing of use then
caf::error decode_etf(std::string_view bytes, unix_seconds now,
                      std::chrono::seconds refresh_token_ttl, session& result);

/// Writes the record as Charon does: the 14 keys of `Charon.Models.Session`,
/// with its types. Fails with `invalid_argument` only for what `validate`
/// refuses, too: a type that is no atom, an integer user id that is none.
caf::expected<std::string> encode_etf(const session& x);

/// The same behind `out`.
/// @returns why it failed, and what `out` ends with is of no use then
caf::error put_etf(std::string& out, const session& x);

/// Reads what `encode_json` writes; every field must be there and no other.
/// Fails with `invalid_argument`, naming the field.
caf::expected<session> decode_json(std::string_view text);

/// Writes the session as one JSON object with all fields of `session`.
/// `expires_at` is a number or `"infinite"`. Fails with `invalid_argument`,
/// naming the field that JSON cannot express: a string that is no UTF-8, an
/// integer user id beyond 64 bits, an `extra_payload` with more than JSON's
/// kinds of values, or with more values than its reader takes.
caf::expected<std::string> encode_json(const session& x);

} // namespace obol
