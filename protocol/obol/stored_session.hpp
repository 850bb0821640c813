#pragma once

#include "obol/etf/limits.hpp"
#include "obol/formats.hpp"
#include "obol/key_ring.hpp"
#include "obol/session.hpp"
#include "obol/session_codec.hpp"
#include "obol/signature.hpp"

#include <caf/expected.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace obol {

/// Why a stored session counts as none, in the order of the checks.
enum class ignored_reason {
  /// Longer than `max_session_bytes`.
  too_large,
  /// In none of the stored forms, or cut short.
  unknown_format,
  /// Signed by a key that is not in the ring.
  unknown_key,
  /// Not signed by a key of the ring: an alarm.
  bad_signature,
  /// Signed, but no session.
  undecodable,
  /// The session of another key than the one asked for.
  wrong_owner,
  /// Its `refresh_expires_at` has come.
  expired,
};

/// The enumerator's name.
std::string to_string(ignored_reason reason);

/// A session, or why what was stored counts as none.
using opened_session = std::variant<session, ignored_reason>;

/// How sessions are sealed.
struct sealing_options {
  std::shared_ptr<const key_ring> keys;
  obol::payload_format payload_format = obol::payload_format::etf;
  obol::signature_format signature_format = obol::signature_format::charon;
  std::string key_prefix = "charon_";
  /// Not `automatic`.
  obol::layout layout = obol::layout::hash_field_expiry;
  /// How long the stored form may be; at most `etf::max_bytes`.
  std::size_t max_session_bytes = 256 * 1024;
  /// For records of versions 0 and 1.
  std::chrono::seconds refresh_token_ttl = default_refresh_token_ttl;
};

/// Turns sessions into what lies in the server, and back. Reads both payload
/// formats and every signature.
class session_sealer {
public:
  /// Fails with `invalid_argument`, naming the option.
  static caf::expected<session_sealer> make(sealing_options options);

  /// The stored form of a session as it shall be stored, so with the new lock
  /// version. Checks no rule of `validate`. Fails with `invalid_argument` if
  /// the payload format cannot express it or it gets too large.
  caf::expected<std::string> seal(const session& x);

  /// The first half of `seal`: everything but the signature, put in place of
  /// what `out` held.
  /// @returns why it failed, and `out` is empty then
  caf::error prepare(const session& x, std::string& out);

  /// The second half, for some at a time; see `signer::sign`.
  void sign(std::span<std::string* const> prepared);

  /// Like `signer::check`: opening these takes less time then.
  void check(std::span<signed_bytes> all);

  /// Checks length, key, signature, record and expiry, in this order; nothing
  /// is decoded before its signature was verified.
  ///
  /// A session has expired when `refresh_expires_at <= now`. At that second
  /// the server drops a field with this expiry and refuses an upsert with it,
  /// so a reader that took it for alive would disagree with both.
  opened_session open(const signed_bytes& stored, unix_seconds now);

  /// Like `open`, but takes only the session of that key, and puts it where it
  /// is to be. The kinds of user ids differ: `1` is not `"1"`.
  /// @returns why it counts as none, and `result` holds nothing of use then
  std::optional<ignored_reason> open_for(const session_key& key,
                                         const signed_bytes& stored,
                                         unix_seconds now, session& result);

  /// Like `open_for`, but takes the session of that set whose id is the name of
  /// the field it was stored in.
  std::optional<ignored_reason> open_for_set(const session_set& set,
                                             std::string_view field,
                                             const signed_bytes& stored,
                                             unix_seconds now, session& result);

private:
  session_sealer(sealing_options options, signer x);

  /// All checks but owner and expiry.
  std::optional<ignored_reason> decode(const signed_bytes& stored,
                                       unix_seconds now, session& result);

  sealing_options options_;
  signer signer_;
};

} // namespace obol
