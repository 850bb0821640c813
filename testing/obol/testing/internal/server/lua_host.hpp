#pragma once

#include "obol/testing/internal/server/command.hpp"

#include <lua.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace obol::testing::internal {

struct library_function;

/// A Lua state that looks like the one in a server: the standard library
/// without the ways out, and `redis`. Globals can neither be written nor read
/// when they are missing.
class lua_host {
public:
  explicit lua_host(server_kind kind);
  lua_host(const lua_host&) = delete;
  lua_host& operator=(const lua_host&) = delete;

  /// Runs the code of a library, which may only register functions. Answers the
  /// text of an error, empty if there is none.
  std::string load(std::string_view code,
                   std::vector<library_function>& functions);

  /// Calls a function.
  void call(const library_function& function, execution& run,
            function_state& state, command_words keys, command_words arguments,
            reply_writer& reply);

  // -- for what Lua calls -----------------------------------------------------

  server_kind kind() const {
    return kind_;
  }

  /// Where functions are registered; null but while a library is loaded.
  std::vector<library_function>* functions = nullptr;

  /// How the library of server functions calls itself in its errors.
  std::string_view api_name() const {
    return kind_ == server_kind::valkey_9 ? "server" : "redis";
  }

  /// Runs the command that lies on the stack in place of it; false and a table
  /// with the error there when that failed.
  bool run_command();

  /// Whether the function may run the command on the stack: pushes the answer,
  /// or returns false after pushing an error.
  bool check_command();

private:
  struct closer {
    void operator()(lua_State* lua) const {
      lua_close(lua);
    }
  };

  /// Takes the words of a command from the stack, where they stay.
  bool take_words();

  /// What missing globals are looked up in.
  void use_globals(int reference);

  void reply_error(const library_function& function, reply_writer& reply);

  server_kind kind_;
  std::unique_ptr<lua_State, closer> lua_;
  int load_globals_ = LUA_NOREF;
  int run_globals_ = LUA_NOREF;
  int error_handler_ = LUA_NOREF;
  execution* run_ = nullptr;
  function_state* state_ = nullptr;
  // Kept to be used again: Lua leaves C functions without running destructors,
  // so what they allocate must live elsewhere.
  std::vector<std::string_view> words_;
  std::string reply_;
};

} // namespace obol::testing::internal
