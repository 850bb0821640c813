#include "obol/validation.hpp"

#include "obol/internal/errors.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace obol {

namespace {

using internal::invalid_argument;

constexpr std::int64_t lowest_version = 7;

/// What a string user id would meet after the key prefix.
constexpr std::array<std::string_view, 5> reserved_prefixes{"se.", "l.", "e.",
                                                            "pl.", "o."};

caf::error check_id(std::string_view id) {
  if (id.empty() || id.size() > max_session_id_bytes)
    return invalid_argument("id: must have 1 to 128 bytes");
  if (id.starts_with("l."))
    return invalid_argument("id: must not begin with \"l.\"");
  return {};
}

caf::error check_user_id(const user_id& x) {
  auto* bytes = x.string();
  if (!bytes)
    return x.integer()
             ? caf::error{}
             : invalid_argument("user_id: an integer must fit 64 bits");
  if (bytes->empty() || bytes->size() > max_user_id_bytes)
    return invalid_argument("user_id: a string must have 1 to 256 bytes");
  auto meets
    = [bytes](std::string_view prefix) { return bytes->starts_with(prefix); };
  if (std::any_of(reserved_prefixes.begin(), reserved_prefixes.end(), meets))
    return invalid_argument("user_id: a string must not begin with \"se.\", "
                            "\"l.\", \"e.\", \"pl.\" or \"o.\"");
  return {};
}

bool is_type_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')
         || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

caf::error check_type(std::string_view type) {
  if (type.empty() || type.size() > max_session_type_bytes
      || !std::all_of(type.begin(), type.end(), is_type_character))
    return invalid_argument(
      "type: must have 1 to 64 letters, digits, \"_\" or \"-\"");
  return {};
}

caf::error check_set(const user_id& user, std::string_view type) {
  if (auto error = check_user_id(user))
    return error;
  return check_type(type);
}

caf::error check_time(const char* field, unix_seconds value) {
  if (value >= 0 && value <= max_unix_seconds)
    return {};
  return invalid_argument(std::string{field}
                          + ": must be 0 to 70368744177 seconds");
}

caf::error check_times(const session& x) {
  struct named_time {
    const char* field;
    unix_seconds value;
  };
  for (auto [field, value] : {
         named_time{"created_at", x.created_at},
         named_time{"refreshed_at", x.refreshed_at},
         named_time{"refresh_expires_at", x.refresh_expires_at},
         named_time{"expires_at", x.expires_at.value_or(0)},
         named_time{"tokens_fresh_from", x.tokens_fresh_from},
         named_time{"prev_tokens_fresh_from", x.prev_tokens_fresh_from},
       })
    if (auto error = check_time(field, value))
      return error;
  return {};
}

} // namespace

caf::error validate(const session_key& x) {
  if (auto error = check_id(x.id))
    return error;
  return check_set(x.user_id, x.type);
}

caf::error validate(const session_set& x) {
  return check_set(x.user_id, x.type);
}

caf::error validate(const session& x) {
  if (auto error = check_id(x.id))
    return error;
  if (auto error = check_set(x.user_id, x.type))
    return error;
  if (auto error = check_times(x))
    return error;
  // It is stored with one more.
  if (x.lock_version < 0 || x.lock_version >= max_lock_version)
    return invalid_argument("lock_version: must be 0 to 2^53 - 3");
  if (x.refresh_token_id.size() > max_refresh_token_id_bytes)
    return invalid_argument("refresh_token_id: must have at most 256 bytes");
  if (x.version < lowest_version)
    return invalid_argument("version: must be 7 or more");
  if (x.refresh_expires_at <= x.refreshed_at)
    return internal::session_expired(
      "refresh_expires_at: must be later than refreshed_at");
  return {};
}

} // namespace obol
