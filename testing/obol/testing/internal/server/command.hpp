#pragma once

#include "obol/testing/internal/server/reply_writer.hpp"
#include "obol/testing/internal/server/simulated_server.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <variant>

namespace obol::testing::internal {

/// The words of a command, its name first.
using command_words = std::span<const std::string_view>;

/// A request on its way through the server. A function that it calls runs many
/// commands, all at the same instant.
struct execution {
  simulated_server& server;
  server_session& who;
  std::int64_t unix_us;
  /// Whether data or libraries have changed.
  bool changed = false;
};

/// One command as its handler sees it.
struct command_call {
  execution& run;
  command_words words;
  reply_writer& reply;
  /// The database it works on.
  std::size_t& database_number;

  database& data() const {
    return run.server.data[database_number];
  }

  expiry_ms now() const {
    return run.unix_us / 1000;
  }

  server_kind kind() const {
    return run.server.kind();
  }

  void changed() const {
    run.changed = true;
  }

  /// Looks for a value of one type. When there is another under the key, this
  /// answers the error itself and says false.
  template <class T>
  bool find(std::string_view key, T*& out) const {
    out = nullptr;
    auto* stored = data().find(key, now());
    if (!stored)
      return true;
    out = std::get_if<T>(&stored->content);
    if (!out)
      reply_wrong_type();
    return out != nullptr;
  }

  /// Reads an integer, or answers the error and says false.
  bool read(std::string_view word, std::int64_t& out) const;

  void reply_wrong_type() const;
  void reply_syntax_error() const;
  /// Names the command.
  void reply_invalid_expiry() const;
};

/// What holds for a command, as the servers' own tables have it.
namespace command_flag {

inline constexpr unsigned write = 1;
inline constexpr unsigned deny_oom = 2;
/// Functions may not call it.
inline constexpr unsigned no_script = 4;
/// It works while the server is loading.
inline constexpr unsigned loading = 8;
/// It works while a script is running for long.
inline constexpr unsigned allow_busy = 16;
/// It works before the client has shown a password.
inline constexpr unsigned no_auth = 32;
/// Its flags are those of the function it calls.
inline constexpr unsigned calls_function = 64;
/// It fails when the server cannot save, though it writes nothing.
inline constexpr unsigned needs_disk = 128;
/// On Valkey it works while a script is running for long.
inline constexpr unsigned valkey_busy = 256;

} // namespace command_flag

struct command_entry {
  /// Lower case; `function|load` if it is a part of another command.
  std::string_view name;
  /// How many words it has, its name among them; if negative, at least.
  int arity;
  unsigned flags;
  /// Null if it consists of other commands only.
  void (*run)(command_call&);
  /// Where its keys are among the words, for COMMAND INFO.
  int first_key = 0;
  int last_key = 0;
  /// Whether only servers with hash field expiry have it.
  bool field_expiry = false;

  bool accepts(std::size_t words) const {
    auto count = static_cast<int>(words);
    return arity > 0 ? count == arity : count >= -arity;
  }
};

/// What a search for a command came to. `entry` is null if there is none;
/// `container` then says whether at least its first word is a command.
struct found_command {
  const command_entry* entry = nullptr;
  const command_entry* container = nullptr;
};

/// Searches the commands of that server for the one the words begin with.
found_command find_command(server_kind kind, command_words words);

/// Whether two words are the same but for the case of their letters.
bool same_ignoring_case(std::string_view a, std::string_view b);

/// What a running function may do, and on what.
struct function_state {
  /// It may not write.
  bool read_only = false;
  /// It may write when memory is full.
  bool allow_oom = false;
  /// The database it works on.
  std::size_t database_number = 0;
};

/// Runs a command that a function calls; appends to `reply`.
void call_from_function(execution& run, function_state& state,
                        command_words words, std::string& reply);

// -- the commands -------------------------------------------------------------

void run_auth(command_call& x);
void run_hello(command_call& x);
void run_quit(command_call& x);
void run_select(command_call& x);
void run_ping(command_call& x);
void run_echo(command_call& x);
void run_time(command_call& x);
void run_role(command_call& x);
void run_client_setname(command_call& x);
void run_client_getname(command_call& x);
void run_client_id(command_call& x);
void run_command_info(command_call& x);

void run_fcall(command_call& x);
void run_fcall_ro(command_call& x);
void run_function_load(command_call& x);
void run_function_list(command_call& x);
void run_function_delete(command_call& x);
void run_function_flush(command_call& x);

void run_del(command_call& x);
void run_exists(command_call& x);
void run_type(command_call& x);
void run_flushall(command_call& x);
void run_flushdb(command_call& x);
void run_dbsize(command_call& x);
void run_expire(command_call& x);
void run_expireat(command_call& x);
void run_pexpire(command_call& x);
void run_pexpireat(command_call& x);
void run_ttl(command_call& x);
void run_pttl(command_call& x);
void run_expiretime(command_call& x);
void run_pexpiretime(command_call& x);
void run_persist(command_call& x);

void run_get(command_call& x);
void run_set(command_call& x);

void run_hset(command_call& x);
void run_hget(command_call& x);
void run_hmget(command_call& x);
void run_hgetall(command_call& x);
void run_hkeys(command_call& x);
void run_hvals(command_call& x);
void run_hexists(command_call& x);
void run_hdel(command_call& x);
void run_hlen(command_call& x);
void run_hsetex(command_call& x);
void run_httl(command_call& x);
void run_hpttl(command_call& x);
void run_hexpiretime(command_call& x);
void run_hpexpiretime(command_call& x);

void run_zadd(command_call& x);
void run_zrem(command_call& x);
void run_zrange(command_call& x);
void run_zscore(command_call& x);
void run_zcard(command_call& x);

} // namespace obol::testing::internal
