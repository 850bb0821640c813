#include "obol/internal/session_record.hpp"

#include "obol/internal/decimal.hpp"
#include "obol/internal/etf_tags.hpp"
#include "obol/internal/extra_payload_access.hpp"

#include <algorithm>
#include <limits>

namespace obol::internal {

namespace {

constexpr std::string_view struct_name = "Elixir.Charon.Models.Session";

/// The version of records that `session` describes.
constexpr std::int64_t current_version = 7;

/// In the order of `record_field`.
constexpr std::array<std::string_view, 20> names{
  "id",
  "user_id",
  "type",
  "created_at",
  "refreshed_at",
  "refresh_expires_at",
  "expires_at",
  "refresh_token_id",
  "tokens_fresh_from",
  "prev_tokens_fresh_from",
  "lock_version",
  "extra_payload",
  "version",
  "__struct__",
  "t_gen_fresh_at",
  "prev_t_gen_fresh_at",
  "refresh_tokens",
  "refresh_tokens_at",
  "prev_refresh_tokens",
  "a field",
};

unix_seconds sum(unix_seconds now, std::chrono::seconds ttl) {
  constexpr auto most = std::numeric_limits<unix_seconds>::max();
  auto more = std::max<std::int64_t>(ttl.count(), 0);
  return now > most - more ? most : now + more;
}

} // namespace

record_field record_field_of(std::string_view name) {
  auto is = [name](record_field field) {
    return name == names[static_cast<std::size_t>(field)]
             ? field
             : record_field::unknown;
  };
  auto either
    = [&is](record_field x, record_field y) { return is(x) == x ? x : is(y); };
  using enum record_field;
  switch (name.size()) {
    case 2:
      return is(id);
    case 4:
      return is(type);
    case 7:
      return either(user_id, version);
    case 10:
      return name[0] == '_' ? is(struct_name) : either(created_at, expires_at);
    case 12:
      return either(lock_version, refreshed_at);
    case 13:
      return is(extra_payload);
    case 14:
      return either(refresh_tokens, t_gen_fresh_at);
    case 16:
      return is(refresh_token_id);
    case 17:
      return either(tokens_fresh_from, refresh_tokens_at);
    case 18:
      return is(refresh_expires_at);
    case 19:
      return either(prev_t_gen_fresh_at, prev_refresh_tokens);
    case 22:
      return is(prev_tokens_fresh_from);
    default:
      return unknown;
  }
}

std::string_view name_of(record_field field) {
  return names[static_cast<std::size_t>(field)];
}

// -- reading ------------------------------------------------------------------

bool session_record::read(etf_cursor& cursor) {
  std::uint8_t tag_byte = 0;
  std::uint32_t count = 0;
  if (!cursor.read_u8(tag_byte) || tag_byte != tag::map
      || !cursor.read_u32(count))
    return false;
  for (; count > 0; --count) {
    etf_atom key;
    problem_ = record_field::unknown;
    if (!cursor.read_atom_unchecked(key))
      return false;
    auto field = record_field_of(key.bytes);
    if (field == record_field::unknown)
      return false;
    problem_ = field;
    if (has(field) || !read_value(cursor, field))
      return false;
    seen_ |= std::uint32_t{1} << static_cast<unsigned>(field);
  }
  return true;
}

bool session_record::read_value(etf_cursor& cursor, record_field field) {
  etf_atom atom;
  switch (field) {
    case record_field::id:
      return cursor.read_binary(id_);
    case record_field::user_id:
      return read_user_id(cursor);
    case record_field::type:
      return cursor.read_atom(type_);
    case record_field::expires_at:
      return read_expires_at(cursor);
    case record_field::refresh_token_id:
      return cursor.read_binary(refresh_token_id_);
    case record_field::extra_payload: {
      auto* begin = cursor.position();
      if (cursor.peek() != tag::map || !cursor.skip_term())
        return false;
      auto size = static_cast<std::size_t>(cursor.position() - begin);
      extra_payload_ = {begin, size};
      return true;
    }
    case record_field::struct_name:
      return cursor.read_atom_unchecked(atom) && atom.is(struct_name);
    case record_field::refresh_tokens:
      return read_refresh_tokens(cursor);
    case record_field::refresh_tokens_at:
    case record_field::prev_refresh_tokens:
      return cursor.skip_term();
    case record_field::created_at:
    case record_field::refreshed_at:
    case record_field::refresh_expires_at:
    case record_field::tokens_fresh_from:
    case record_field::prev_tokens_fresh_from:
    case record_field::lock_version:
    case record_field::version:
    case record_field::t_gen_fresh_at:
    case record_field::prev_t_gen_fresh_at:
      return cursor.read_int64(numbers_[static_cast<std::size_t>(field)]);
    case record_field::unknown:
      break;
  }
  return false;
}

bool session_record::read_user_id(etf_cursor& cursor) {
  std::string_view bytes;
  switch (cursor.peek()) {
    case tag::binary:
      if (!cursor.read_binary(bytes))
        return false;
      user_id_ = std::string{bytes};
      return true;
    case tag::small_big:
    case tag::large_big: {
      auto again = cursor;
      etf_integer big;
      if (!cursor.read_big(big))
        return false;
      std::int64_t small = 0;
      if (again.read_int64(small)) {
        user_id_ = small;
        return true;
      }
      if (big.magnitude.size() > max_decimal_bytes)
        return false;
      user_id_
        = obol::user_id::big_integer{decimal_of(big.negative, big.magnitude)};
      return true;
    }
    default: {
      std::int64_t small = 0;
      if (!cursor.read_int64(small))
        return false;
      user_id_ = small;
      return true;
    }
  }
}

bool session_record::read_expires_at(etf_cursor& cursor) {
  switch (cursor.peek()) {
    case tag::small_integer:
    case tag::integer:
    case tag::small_big:
    case tag::large_big:
      expires_ = true;
      return cursor.read_int64(
        numbers_[static_cast<std::size_t>(record_field::expires_at)]);
    default: {
      etf_atom atom;
      if (!cursor.read_atom_unchecked(atom))
        return false;
      expires_at_is_nil_ = atom.is("nil");
      return expires_at_is_nil_ || atom.is("infinite");
    }
  }
}

bool session_record::read_refresh_tokens(etf_cursor& cursor) {
  auto list = cursor;
  if (!cursor.skip_term())
    return false;
  std::uint8_t tag_byte = 0;
  std::uint32_t count = 0;
  if (!list.read_u8(tag_byte))
    return false;
  if (tag_byte == tag::nil)
    return true;
  has_refresh_tokens_ = true;
  return tag_byte == tag::list && list.read_u32(count) && count > 0
         && list.read_binary(first_refresh_token_);
}

// -- upgrading ----------------------------------------------------------------

bool session_record::upgrade(unix_seconds now,
                             std::chrono::seconds refresh_token_ttl) {
  using enum record_field;
  if (!has(version))
    put(version, 0);
  problem_ = version;
  if (number(version) < 0 || !has_only_fields_of_its_version())
    return false;
  for (auto field :
       {id, user_id, type, created_at, refreshed_at, expires_at, extra_payload})
    if (!require(field))
      return false;
  if (expires_at_is_nil_ && number(version) > 0) {
    problem_ = expires_at;
    return false;
  }
  if (number(version) <= 1)
    upgrade_expiry(now, refresh_token_ttl);
  if (number(version) <= 3)
    upgrade_refresh_token();
  if (!upgrade_fresh_from())
    return false;
  auto from = number(version);
  if (from < current_version || (from > current_version && !has(lock_version)))
    put(lock_version, 0);
  for (auto field : {refresh_expires_at, refresh_token_id, tokens_fresh_from,
                     prev_tokens_fresh_from, lock_version})
    if (!require(field))
      return false;
  put(version, std::max(from, current_version));
  return true;
}

void session_record::upgrade_expiry(unix_seconds now,
                                    std::chrono::seconds ttl) {
  auto latest = sum(now, ttl);
  put(record_field::refresh_expires_at,
      expires_ ? std::min(number(record_field::expires_at), latest) : latest);
}

void session_record::upgrade_refresh_token() {
  if (has_refresh_tokens_)
    refresh_token_id_ = first_refresh_token_;
  else if (!has(record_field::refresh_token_id))
    refresh_token_id_ = "unknown";
  put(record_field::refresh_token_id, 0);
}

bool session_record::upgrade_fresh_from() {
  using enum record_field;
  auto from = number(version);
  if (from <= 4 || (from > current_version && !has(tokens_fresh_from))) {
    put(tokens_fresh_from, number(refreshed_at));
  } else if (from == 5) {
    if (!require(t_gen_fresh_at) || !require(prev_t_gen_fresh_at))
      return false;
    put(tokens_fresh_from, number(t_gen_fresh_at));
    put(prev_tokens_fresh_from, number(prev_t_gen_fresh_at));
  }
  if (from <= 4 || (from > current_version && !has(prev_tokens_fresh_from)))
    put(prev_tokens_fresh_from, 0);
  return true;
}

bool session_record::has_only_fields_of_its_version() {
  using enum record_field;
  auto from = number(version);
  for (auto field : {refresh_tokens, refresh_tokens_at, prev_refresh_tokens})
    if (from > 3 && has(field)) {
      problem_ = field;
      return false;
    }
  for (auto field : {t_gen_fresh_at, prev_t_gen_fresh_at})
    if (from > 5 && has(field)) {
      problem_ = field;
      return false;
    }
  return true;
}

bool session_record::require(record_field field) {
  problem_ = field;
  return has(field);
}

void session_record::put(record_field field, std::int64_t value) {
  numbers_[static_cast<std::size_t>(field)] = value;
  seen_ |= std::uint32_t{1} << static_cast<unsigned>(field);
}

void session_record::take_session(session& result) {
  using enum record_field;
  result.id = id_;
  result.user_id = std::move(user_id_);
  if (type_.latin1)
    result.type = type_.utf8();
  else
    result.type = type_.bytes;
  result.created_at = number(created_at);
  result.refreshed_at = number(refreshed_at);
  result.refresh_expires_at = number(refresh_expires_at);
  result.expires_at
    = expires_ ? std::optional{number(expires_at)} : std::nullopt;
  result.refresh_token_id = refresh_token_id_;
  result.tokens_fresh_from = number(tokens_fresh_from);
  result.prev_tokens_fresh_from = number(prev_tokens_fresh_from);
  result.lock_version = number(lock_version);
  result.extra_payload = extra_payload_access::adopt(extra_payload_);
  result.version = number(version);
}

} // namespace obol::internal
