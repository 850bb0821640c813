#pragma once

#include "obol/internal/etf_cursor.hpp"
#include "obol/session.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace obol::internal {

/// Every field that a session record of any version may have.
enum class record_field : std::uint8_t {
  id,
  user_id,
  type,
  created_at,
  refreshed_at,
  refresh_expires_at,
  expires_at,
  refresh_token_id,
  tokens_fresh_from,
  prev_tokens_fresh_from,
  lock_version,
  extra_payload,
  version,
  struct_name,
  // Up to version 5.
  t_gen_fresh_at,
  prev_t_gen_fresh_at,
  // Up to version 3.
  refresh_tokens,
  refresh_tokens_at,
  prev_refresh_tokens,
  unknown,
};

/// The field of that name.
record_field record_field_of(std::string_view name);

/// The name of a field.
std::string_view name_of(record_field field);

/// A session as it was read, of any version, before it is upgraded. Views
/// point into the bytes it was read from.
class session_record {
public:
  /// Reads a map of fields. Afterwards `problem` tells which field was wrong.
  bool read(etf_cursor& cursor);

  /// Brings the record to version 7 by Charon's rules; a record of a newer
  /// version keeps its number. Afterwards `problem` tells what is missing.
  bool upgrade(unix_seconds now, std::chrono::seconds refresh_token_ttl);

  /// @pre `upgrade` succeeded
  void take_session(session& result);

  /// The field that made `read` or `upgrade` fail; `unknown` if the bytes are
  /// no map of fields or have one that no session has.
  record_field problem() const {
    return problem_;
  }

private:
  bool read_value(etf_cursor& cursor, record_field field);
  bool read_user_id(etf_cursor& cursor);
  bool read_expires_at(etf_cursor& cursor);
  bool read_refresh_tokens(etf_cursor& cursor);

  void upgrade_expiry(unix_seconds now, std::chrono::seconds ttl);
  void upgrade_refresh_token();
  bool upgrade_fresh_from();
  bool has_only_fields_of_its_version();

  bool has(record_field field) const {
    return (seen_ >> static_cast<unsigned>(field)) & 1;
  }

  /// Notes the problem if the field is missing.
  bool require(record_field field);

  void put(record_field field, std::int64_t value);

  std::int64_t number(record_field field) const {
    return numbers_[static_cast<std::size_t>(field)];
  }

  std::uint32_t seen_ = 0;
  std::array<std::int64_t, static_cast<std::size_t>(record_field::unknown)>
    numbers_{};
  std::string_view id_;
  obol::user_id user_id_;
  etf_atom type_;
  bool expires_ = false;
  bool expires_at_is_nil_ = false;
  std::string_view refresh_token_id_;
  std::string_view first_refresh_token_;
  bool has_refresh_tokens_ = false;
  std::string_view extra_payload_;
  record_field problem_ = record_field::unknown;
};

} // namespace obol::internal
