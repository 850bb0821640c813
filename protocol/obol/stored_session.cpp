#include "obol/stored_session.hpp"

#include "obol/internal/errors.hpp"
#include "obol/internal/etf_tags.hpp"

namespace obol {

namespace {

ignored_reason reason_of(signature_fault fault) {
  switch (fault) {
    case signature_fault::too_short:
    case signature_fault::unknown_format:
      return ignored_reason::unknown_format;
    case signature_fault::unknown_key:
      return ignored_reason::unknown_key;
    case signature_fault::bad_signature:
      break;
  }
  return ignored_reason::bad_signature;
}

std::optional<ignored_reason> if_expired(const session& x, unix_seconds now) {
  if (x.refresh_expires_at <= now)
    return ignored_reason::expired;
  return std::nullopt;
}

caf::error put_json(std::string& out, const session& x) {
  auto text = encode_json(x);
  if (!text)
    return std::move(text.error());
  out += *text;
  return {};
}

} // namespace

std::string to_string(ignored_reason reason) {
  switch (reason) {
    case ignored_reason::too_large:
      return "too_large";
    case ignored_reason::unknown_format:
      return "unknown_format";
    case ignored_reason::unknown_key:
      return "unknown_key";
    case ignored_reason::bad_signature:
      return "bad_signature";
    case ignored_reason::undecodable:
      return "undecodable";
    case ignored_reason::wrong_owner:
      return "wrong_owner";
    case ignored_reason::expired:
      return "expired";
  }
  return "?";
}

caf::expected<session_sealer> session_sealer::make(sealing_options options) {
  if (options.max_session_bytes == 0
      || options.max_session_bytes > etf::max_bytes)
    return internal::invalid_argument(
      "max_session_bytes: must be 1 to 4194304 bytes");
  auto x = signer::make(options.keys, options.key_prefix, options.layout);
  if (!x)
    return std::move(x.error());
  if (options.signature_format == signature_format::charon
      && !options.keys->verifies_charon(0))
    return internal::invalid_argument(
      "signature_format: charon needs a signing key that verifies it");
  return session_sealer{std::move(options), std::move(*x)};
}

session_sealer::session_sealer(sealing_options options, signer x)
  : options_(std::move(options)), signer_(std::move(x)) {
}

caf::expected<std::string> session_sealer::seal(const session& x) {
  std::string result;
  if (auto error = prepare(x, result))
    return error;
  std::string* const one[] = {&result};
  sign(one);
  return result;
}

caf::error session_sealer::prepare(const session& x, std::string& out) {
  out.clear();
  signer_.put_head(out, options_.signature_format);
  auto error = options_.payload_format == payload_format::etf
                 ? put_etf(out, x)
                 : put_json(out, x);
  if (!error && out.size() > options_.max_session_bytes)
    error = internal::invalid_argument(
      "session: must have at most max_session_bytes when stored");
  if (error)
    out.clear();
  return error;
}

void session_sealer::sign(std::span<std::string* const> prepared) {
  signer_.sign(prepared, options_.signature_format);
}

void session_sealer::check(std::span<signed_bytes> all) {
  signer_.check(all);
}

opened_session session_sealer::open(const signed_bytes& stored,
                                    unix_seconds now) {
  session result;
  if (auto ignored = decode(stored, now, result))
    return *ignored;
  if (auto expired = if_expired(result, now))
    return *expired;
  return result;
}

std::optional<ignored_reason>
session_sealer::open_for(const session_key& key, const signed_bytes& stored,
                         unix_seconds now, session& result) {
  if (auto ignored = decode(stored, now, result))
    return ignored;
  if (result.id != key.id || result.user_id != key.user_id
      || result.type != key.type)
    return ignored_reason::wrong_owner;
  return if_expired(result, now);
}

std::optional<ignored_reason>
session_sealer::open_for_set(const session_set& set, std::string_view field,
                             const signed_bytes& stored, unix_seconds now,
                             session& result) {
  if (auto ignored = decode(stored, now, result))
    return ignored;
  if (result.id != field || result.user_id != set.user_id
      || result.type != set.type)
    return ignored_reason::wrong_owner;
  return if_expired(result, now);
}

std::optional<ignored_reason> session_sealer::decode(const signed_bytes& stored,
                                                     unix_seconds now,
                                                     session& result) {
  if (stored.bytes().size() > options_.max_session_bytes)
    return ignored_reason::too_large;
  auto verified = signer_.verify(stored);
  if (auto* fault = std::get_if<signature_fault>(&verified))
    return reason_of(*fault);
  auto payload = std::get<std::string_view>(verified);
  auto first = payload.empty() ? '\0' : payload.front();
  if (static_cast<std::uint8_t>(first) == internal::tag::version) {
    if (!decode_etf(payload, now, options_.refresh_token_ttl, result))
      return std::nullopt;
  } else if (first == '{') {
    if (auto x = decode_json(payload)) {
      result = std::move(*x);
      return std::nullopt;
    }
  }
  return ignored_reason::undecodable;
}

} // namespace obol
