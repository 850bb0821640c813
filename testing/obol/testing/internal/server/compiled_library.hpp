#pragma once

#include "obol/testing/internal/server/command.hpp"

#include <lua.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace obol::testing::internal {

/// What a function may be registered with.
namespace function_flag {

inline constexpr unsigned no_writes = 1;
inline constexpr unsigned allow_oom = 2;
inline constexpr unsigned allow_stale = 4;
inline constexpr unsigned no_cluster = 8;
inline constexpr unsigned allow_cross_slot_keys = 16;

/// Their names, from the lowest bit up.
inline constexpr std::string_view names[] = {
  "no-writes",
  "allow-oom",
  "allow-stale",
  "no-cluster",
  "allow-cross-slot-keys",
};

} // namespace function_flag

struct library_function {
  std::string name;
  std::string description;
  bool has_description = false;
  unsigned flags = 0;
  /// Where Lua keeps it.
  int reference = LUA_NOREF;
};

class lua_host;

/// Whether libraries and functions may be called so.
bool is_library_name(std::string_view name);

/// Why a function of that name cannot be added to the others; null if it can.
const char* refusal_of_name(server_kind kind, std::string_view name,
                            const std::vector<library_function>& others);

/// A library of functions, ready to run in a Lua state of its own. Whoever has
/// the same code in the same thread shares it, so that a world need not compile
/// what the one before it has. That asks of functions that they remember
/// nothing from one call to the next; those of servers must not either.
class compiled_library {
public:
  /// What a library is called by its first line. `error` is empty unless
  /// something is wrong with that line.
  static std::string name_in(std::string_view code, std::string& error);

  /// Compiles code, or takes what this thread has compiled before. The result
  /// is null when the code is refused, and `error` says why.
  static std::shared_ptr<const compiled_library>
  compile(server_kind kind, std::string_view code, std::string& error);

  compiled_library(const compiled_library&) = delete;
  compiled_library& operator=(const compiled_library&) = delete;
  ~compiled_library();

  const std::string& name() const {
    return name_;
  }

  const std::string& code() const {
    return code_;
  }

  /// In the order in which they were registered.
  const std::vector<library_function>& functions() const {
    return functions_;
  }

  /// Calls a function and answers what it returns.
  /// @param state what the function may do
  void call(const library_function& function, execution& run,
            function_state& state, command_words keys, command_words arguments,
            reply_writer& reply) const;

private:
  compiled_library();

  std::string name_;
  std::string code_;
  std::vector<library_function> functions_;
  std::unique_ptr<lua_host> host_;
};

} // namespace obol::testing::internal
