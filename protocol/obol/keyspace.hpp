#pragma once

#include "obol/formats.hpp"
#include "obol/session_key.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace obol {

/// Where the sessions of a set lie in the server. Byte for byte Charon's keys,
/// of version 4 for `hash_field_expiry` and of version 3 for `three_set`.
class keyspace {
public:
  /// @pre `kind` is not `automatic`
  keyspace(std::string prefix, obol::layout kind);

  obol::layout layout() const noexcept {
    return layout_;
  }

  /// The hash that holds the stored sessions by id.
  std::string sessions(const session_set& set) const {
    return sessions(set.user_id, set.type);
  }

  std::string sessions(const user_id& user, std::string_view type) const;

  /// The same, put behind `out`.
  void put_sessions(std::string& out, const user_id& user,
                    std::string_view type) const;

  /// All keys a function works on, in the order of the libraries' KEYS: for
  /// `hash_field_expiry` the one hash; for `three_set` sessions, expiries,
  /// locks, the prune lock and write rings.
  std::vector<std::string> function_keys(const session_set& set) const;

  /// The same in place of what `out` held, whose memory is used again.
  void put_function_keys(std::vector<std::string>& out, const user_id& user,
                         std::string_view type) const;

  /// Like `function_keys`, for the registrar's self-test; `random` keeps two
  /// self-tests apart.
  std::vector<std::string> probe_keys(const std::string& random) const;

private:
  void put_key(std::string& out, std::string_view infix, const user_id& who,
               std::string_view type) const;

  std::string prefix_;
  obol::layout layout_;
};

/// The field, beside the session's own, that holds its lock version in the
/// layout `hash_field_expiry`; such fields begin with `l.`.
bool is_lock_field(std::string_view field) noexcept;

} // namespace obol
