#include "obol/session_commands.hpp"

#include "obol/internal/slot_write.hpp"

#include <array>
#include <cstddef>
#include <vector>

namespace obol {

namespace {

/// Words of a command whose memory is kept for the next.
constexpr std::size_t most_kept = 64;

} // namespace

session_commands::session_commands(keyspace keys, std::string library,
                                   write_guard guard)
  : keys_(std::move(keys)), library_(std::move(library)), guard_(guard) {
}

command session_commands::get(const session_key& key) const {
  std::string bytes;
  put_get(bytes, key);
  return command::of_bytes(std::move(bytes));
}

void session_commands::put_get(std::string& out, const session_key& key) const {
  // Kept for its memory.
  thread_local std::string name;
  name.clear();
  keys_.put_sessions(name, key.user_id, key.type);
  put_command(out, {"HGET", name, key.id});
}

command session_commands::get_all(const session_set& set) const {
  // Three sets keep nothing but sessions in this hash, and Charon asks for the
  // values only; here the field name is also held against the session's id.
  return {"HGETALL", keys_.sessions(set)};
}

command session_commands::upsert(const upsert_arguments& x,
                                 unix_seconds now) const {
  std::string bytes;
  put_upsert(bytes, x, now);
  return command::of_bytes(std::move(bytes));
}

void session_commands::put_upsert(std::string& out, const upsert_arguments& x,
                                  unix_seconds now) const {
  // Kept for their memory, like what a slot write says.
  thread_local std::vector<std::string> keys;
  keys_.put_function_keys(keys, x.user_id, x.type);
  if (guard_ == write_guard::charon) {
    std::array<command_argument, 5> arguments{x.id, x.lock_version, x.stored,
                                              x.refresh_expires_at, now};
    put_call(out, "upsert_charon", keys, arguments);
    return;
  }
  if (keys_.layout() == layout::three_set) {
    std::array<command_argument, 6> arguments{
      x.id,           x.lock_version,    x.stored, x.refresh_expires_at,
      x.operation_id, x.server_deadline,
    };
    put_call(out, "upsert", keys, arguments);
    return;
  }
  thread_local internal::slot_write ring;
  internal::put_slot_write(ring, x);
  std::array<command_argument, 8> arguments{
    x.id,       x.lock_version, x.stored,  x.refresh_expires_at,
    ring.entry, ring.times,     ring.slot, ring.old_lock,
  };
  put_call(out, "upsert", keys, arguments);
}

command session_commands::remove(const session_key& key) const {
  std::array<command_argument, 1> arguments{key.id};
  return call(guard_ == write_guard::charon ? "delete_charon" : "delete",
              keys_.function_keys(key.set()), arguments);
}

command session_commands::remove_all(const session_set& set) const {
  return call(guard_ == write_guard::charon ? "delete_all_charon"
                                            : "delete_all",
              keys_.function_keys(set), {});
}

command session_commands::remove_others(const session_key& keep) const {
  std::array<command_argument, 1> arguments{keep.id};
  return call("delete_others", keys_.function_keys(keep.set()), arguments);
}

command session_commands::remove_named(const session_set& set,
                                       std::span<const std::string> ids) const {
  std::vector<command_argument> arguments{ids.begin(), ids.end()};
  return call("delete_named", keys_.function_keys(set), arguments);
}

command session_commands::resolve(const resolution_token& token) const {
  std::array<command_argument, 4> arguments{token.key.id, token.lock_version,
                                            token.operation_id,
                                            token.server_deadline};
  return call("resolve", keys_.function_keys(token.key.set()), arguments);
}

command session_commands::probe(const std::string& random,
                                unix_seconds expires_at) const {
  std::array<command_argument, 1> arguments{expires_at};
  return call("probe", keys_.probe_keys(random), arguments);
}

command
session_commands::call(std::string_view function,
                       std::span<const std::string> keys,
                       std::span<const command_argument> arguments) const {
  std::string bytes;
  put_call(bytes, function, keys, arguments);
  return command::of_bytes(std::move(bytes));
}

void session_commands::put_call(
  std::string& out, std::string_view function,
  std::span<const std::string> keys,
  std::span<const command_argument> arguments) const {
  // Kept for their memory, unless they are many.
  thread_local std::string name;
  thread_local std::vector<command_argument> words;
  name = library_;
  name += '_';
  name += function;
  words.clear();
  words.emplace_back("FCALL");
  words.emplace_back(name);
  words.emplace_back(keys.size());
  words.insert(words.end(), keys.begin(), keys.end());
  words.insert(words.end(), arguments.begin(), arguments.end());
  put_command(out, words);
  if (words.size() > most_kept)
    std::vector<command_argument>{}.swap(words);
}

} // namespace obol
