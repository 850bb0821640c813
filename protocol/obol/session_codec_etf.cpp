#include "obol/internal/decimal.hpp"
#include "obol/internal/errors.hpp"
#include "obol/internal/etf_cursor.hpp"
#include "obol/internal/etf_document.hpp"
#include "obol/internal/etf_put.hpp"
#include "obol/internal/session_record.hpp"
#include "obol/session_codec.hpp"

namespace obol {

namespace {

using namespace std::string_view_literals;

/// Everything but the variable parts takes less.
constexpr std::size_t fixed_size = 512;

/// A key, as SMALL_ATOM_UTF8.
template <std::size_t Size>
void put_key(std::string& out, const char (&name)[Size]) {
  const char head[] = {'w', static_cast<char>(Size - 1)};
  out.append(head, sizeof(head));
  out.append(name, Size - 1);
}

template <std::size_t Size>
void put_number(std::string& out, const char (&name)[Size],
                std::int64_t value) {
  put_key(out, name);
  internal::put_int64(out, value);
}

bool put_user_id(std::string& out, const user_id& x) {
  if (auto* number = x.integer()) {
    internal::put_int64(out, *number);
    return true;
  }
  if (auto* bytes = x.string()) {
    internal::put_binary(out, *bytes);
    return true;
  }
  auto big = internal::parse_decimal(x.text());
  if (!big || big->magnitude.size() <= sizeof(std::int32_t))
    return false;
  internal::put_big(out, big->negative, big->magnitude);
  return true;
}

caf::error wrong_field(internal::record_field field) {
  std::string text = "session record: ";
  text += internal::name_of(field);
  text += " is missing, twice, unknown or of the wrong type";
  return internal::invalid_argument(std::move(text));
}

} // namespace

caf::expected<session> decode_etf(std::string_view bytes, unix_seconds now,
                                  std::chrono::seconds refresh_token_ttl) {
  session result;
  if (auto error = decode_etf(bytes, now, refresh_token_ttl, result))
    return error;
  return result;
}

caf::error decode_etf(std::string_view bytes, unix_seconds now,
                      std::chrono::seconds refresh_token_ttl, session& result) {
  std::string buffer;
  auto body = internal::open_etf(bytes, buffer);
  if (!body)
    return internal::invalid_argument(
      "session record: must be an Erlang term within the limits");
  internal::etf_cursor cursor{*body};
  internal::session_record record;
  if (!record.read(cursor) || !record.upgrade(now, refresh_token_ttl))
    return wrong_field(record.problem());
  record.take_session(result);
  return {};
}

caf::expected<std::string> encode_etf(const session& x) {
  std::string out;
  if (auto error = put_etf(out, x))
    return error;
  return out;
}

caf::error put_etf(std::string& out, const session& x) {
  out.reserve(out.size() + fixed_size + x.id.size() + x.refresh_token_id.size()
              + x.type.size() + x.extra_payload.etf().size());
  // 131, a map of 14 pairs, and the pair that makes it a struct.
  out += "\x83t\0\0\0\x0E"
         "w\x0A__struct__"
         "w\x1C"
         "Elixir.Charon.Models.Session"sv;
  put_key(out, "id");
  internal::put_binary(out, x.id);
  put_key(out, "type");
  if (!internal::put_atom(out, x.type))
    return internal::invalid_argument(
      "type: must be UTF-8 of at most 255 characters");
  put_number(out, "version", x.version);
  put_key(out, "user_id");
  if (!put_user_id(out, x.user_id))
    return internal::invalid_argument(
      "user_id: must be an integer of at most 512 bits or a string");
  put_number(out, "created_at", x.created_at);
  put_number(out, "refreshed_at", x.refreshed_at);
  put_key(out, "expires_at");
  if (x.expires_at)
    internal::put_int64(out, *x.expires_at);
  else
    out += "w\x08infinite"sv;
  put_number(out, "refresh_expires_at", x.refresh_expires_at);
  put_key(out, "refresh_token_id");
  internal::put_binary(out, x.refresh_token_id);
  put_number(out, "tokens_fresh_from", x.tokens_fresh_from);
  put_number(out, "prev_tokens_fresh_from", x.prev_tokens_fresh_from);
  put_number(out, "lock_version", x.lock_version);
  put_key(out, "extra_payload");
  out += x.extra_payload.etf();
  return {};
}

} // namespace obol
