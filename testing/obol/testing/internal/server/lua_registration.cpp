#include "obol/testing/internal/server/lua_registration.hpp"

#include "obol/testing/internal/server/compiled_library.hpp"
#include "obol/testing/internal/server/lua_host.hpp"

#include <algorithm>
#include <iterator>

namespace obol::testing::internal {

namespace {

lua_host& host_of(lua_State* lua) {
  return *static_cast<lua_host*>(lua_touserdata(lua, lua_upvalueindex(1)));
}

/// Puts the error on the stack, where `%s` stands for what the library of
/// server functions is called.
bool refuse(lua_State* lua, const char* format) {
  auto api = host_of(lua).api_name();
  lua_createtable(lua, 0, 1);
  lua_pushfstring(lua, format, api.data());
  lua_setfield(lua, -2, "err");
  return false;
}

bool read_flag(lua_State* lua, unsigned& flags) {
  if (!lua_isstring(lua, -1))
    return false;
  std::string_view text{lua_tostring(lua, -1)};
  auto& names = function_flag::names;
  auto found = std::find_if(std::begin(names), std::end(names), [text](auto x) {
    return same_ignoring_case(text, x);
  });
  if (found == std::end(names))
    return false;
  flags |= 1u << (found - std::begin(names));
  return true;
}

/// Reads the list on top of the stack.
bool read_flags(lua_State* lua, unsigned& flags) {
  for (int i = 1;; ++i) {
    lua_rawgeti(lua, -1, i);
    auto is_end = lua_isnil(lua, -1);
    auto good = is_end || read_flag(lua, flags);
    lua_pop(lua, 1);
    if (is_end || !good)
      return good;
  }
}

/// Reads the value on top of the stack as the argument of that name.
bool read_named(lua_State* lua, std::string_view name, library_function& out) {
  if (same_ignoring_case(name, "FUNCTION_NAME")) {
    if (!lua_isstring(lua, -1))
      return refuse(lua, "ERR function_name argument given to "
                         "%s.register_function must be a string");
    out.name = lua_tostring(lua, -1);
  } else if (same_ignoring_case(name, "DESCRIPTION")) {
    if (!lua_isstring(lua, -1))
      return refuse(lua, "ERR description argument given to "
                         "%s.register_function must be a string");
    out.description = lua_tostring(lua, -1);
    out.has_description = true;
  } else if (same_ignoring_case(name, "CALLBACK")) {
    if (!lua_isfunction(lua, -1))
      return refuse(lua, "ERR callback argument given to %s.register_function "
                         "must be a function");
    lua_pushvalue(lua, -1);
    out.reference = luaL_ref(lua, LUA_REGISTRYINDEX);
  } else if (same_ignoring_case(name, "FLAGS")) {
    if (!lua_istable(lua, -1))
      return refuse(lua, "ERR flags argument to %s.register_function must be a "
                         "table representing function flags");
    if (!read_flags(lua, out.flags))
      return refuse(lua, "ERR unknown flag given");
  } else {
    return refuse(lua, "ERR unknown argument given to %s.register_function");
  }
  return true;
}

bool read_table(lua_State* lua, library_function& out) {
  if (!lua_istable(lua, 1))
    return refuse(lua, "ERR calling %s.register_function with a single "
                       "argument is only applicable to Lua table (representing "
                       "named arguments).");
  for (lua_pushnil(lua); lua_next(lua, 1) != 0; lua_pop(lua, 1)) {
    if (lua_type(lua, -2) != LUA_TSTRING)
      return refuse(lua, "ERR named argument key given to "
                         "%s.register_function is not a string");
    if (!read_named(lua, lua_tostring(lua, -2), out))
      return false;
  }
  if (out.name.empty())
    return refuse(lua,
                  "ERR %s.register_function must get a function name argument");
  if (out.reference == LUA_NOREF)
    return refuse(lua, "ERR %s.register_function must get a callback argument");
  return true;
}

bool read_positions(lua_State* lua, library_function& out) {
  if (!lua_isstring(lua, 1))
    return refuse(
      lua, "ERR first argument to %s.register_function must be a string");
  if (!lua_isfunction(lua, 2))
    return refuse(
      lua, "ERR second argument to %s.register_function must be a function");
  out.name = lua_tostring(lua, 1);
  lua_pushvalue(lua, 2);
  out.reference = luaL_ref(lua, LUA_REGISTRYINDEX);
  return true;
}

/// Adds the function to the library; the error is on the stack when that is
/// not possible.
bool add(lua_State* lua) {
  auto& host = host_of(lua);
  if (!host.functions)
    return refuse(lua, "ERR %s.register_function can only be called on "
                       "FUNCTION LOAD command");
  library_function x;
  auto count = lua_gettop(lua);
  if (count < 1 || count > 2)
    return refuse(lua, "ERR wrong number of arguments to %s.register_function");
  if (!(count == 1 ? read_table(lua, x) : read_positions(lua, x)))
    return false;
  // Valkey looks at the names only when the code has run to its end.
  if (host.kind() != server_kind::valkey_9)
    if (auto* reason = refusal_of_name(host.kind(), x.name, *host.functions))
      return refuse(lua, reason);
  host.functions->push_back(std::move(x));
  return true;
}

} // namespace

int lua_register_function(lua_State* lua) {
  // Whatever has a destructor is gone before the error leaves this function.
  return add(lua) ? 0 : lua_error(lua);
}

} // namespace obol::testing::internal
