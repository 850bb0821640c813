#pragma once

#include "obol/command.hpp"
#include "obol/keyspace.hpp"
#include "obol/messages.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace obol {

/// Each session operation as the one command that carries it out. Which
/// functions there are, what they take and answer, is said at the head of the
/// Lua libraries.
class session_commands {
public:
  /// What an upsert writes; refers to what must stay until it is written.
  struct upsert_arguments {
    std::string_view id;
    const obol::user_id& user_id;
    std::string_view type;
    /// The lock version after the write.
    std::int64_t lock_version = 0;
    std::string_view stored;
    unix_seconds refresh_expires_at = 0;
    std::string_view operation_id;
    /// Milliseconds since the Unix epoch on the server's clock.
    std::int64_t server_deadline = 0;
  };

  /// `library` is the name of the function library of that layout.
  session_commands(keyspace keys, std::string library, write_guard guard);

  command get(const session_key& key) const;

  /// The same, put behind `out`.
  void put_get(std::string& out, const session_key& key) const;

  command get_all(const session_set& set) const;

  /// `now` is for Charon's rule, which prunes by it.
  command upsert(const upsert_arguments& x, unix_seconds now) const;

  /// The same, put behind `out`.
  void put_upsert(std::string& out, const upsert_arguments& x,
                  unix_seconds now) const;

  command remove(const session_key& key) const;
  command remove_all(const session_set& set) const;
  command remove_others(const session_key& keep) const;
  command remove_named(const session_set& set,
                       std::span<const std::string> ids) const;
  command resolve(const resolution_token& token) const;

  /// The registrar's self-test; nothing is left behind.
  command probe(const std::string& random, unix_seconds expires_at) const;

  obol::write_guard guard() const noexcept {
    return guard_;
  }

  const keyspace& keys() const noexcept {
    return keys_;
  }

private:
  /// `FCALL function n keys... arguments...`
  command call(std::string_view function, std::span<const std::string> keys,
               std::span<const command_argument> arguments) const;

  void put_call(std::string& out, std::string_view function,
                std::span<const std::string> keys,
                std::span<const command_argument> arguments) const;

  keyspace keys_;
  std::string library_;
  write_guard guard_;
};

} // namespace obol
