#include "obol/testing/internal/server/lua_sandbox.hpp"

#include "obol/testing/internal/server/lua_host.hpp"
#include "obol/testing/internal/server/lua_registration.hpp"
#include "obol/testing/internal/server/lua_values.hpp"

namespace obol::testing::internal {

namespace {

lua_host& host_of(lua_State* lua) {
  return *static_cast<lua_host*>(lua_touserdata(lua, lua_upvalueindex(1)));
}

// -- redis.* ------------------------------------------------------------------

int redis_call(lua_State* lua) {
  return host_of(lua).run_command() ? 1 : lua_error(lua);
}

int redis_pcall(lua_State* lua) {
  host_of(lua).run_command();
  return 1;
}

int redis_acl_check_cmd(lua_State* lua) {
  return host_of(lua).check_command() ? 1 : lua_error(lua);
}

bool has_one_text(lua_State* lua) {
  if (lua_gettop(lua) == 1 && lua_type(lua, 1) == LUA_TSTRING)
    return true;
  push_error(lua, "ERR wrong number or type of arguments");
  return false;
}

int redis_error_reply(lua_State* lua) {
  if (!has_one_text(lua))
    return 1;
  std::size_t size = 0;
  auto* begin = lua_tolstring(lua, 1, &size);
  std::string_view text{begin, size};
  if (text.starts_with('-'))
    text.remove_prefix(1);
  lua_createtable(lua, 0, 1);
  // A text of one word has no code.
  if (text.find(' ') == std::string_view::npos)
    lua_pushfstring(lua, "ERR %s", text.data());
  else
    lua_pushlstring(lua, text.data(), text.size());
  lua_setfield(lua, -2, "err");
  return 1;
}

int redis_status_reply(lua_State* lua) {
  if (!has_one_text(lua))
    return 1;
  lua_createtable(lua, 0, 1);
  lua_pushvalue(lua, 1);
  lua_setfield(lua, -2, "ok");
  return 1;
}

int redis_log(lua_State*) {
  return 0;
}

// -- the rest of the library --------------------------------------------------

/// pcall, but an error that is a table becomes its text.
int protected_call(lua_State* lua) {
  if (lua_gettop(lua) == 0)
    return luaL_argerror(lua, 1, "value expected");
  if (lua_pcall(lua, lua_gettop(lua) - 1, LUA_MULTRET, 0) == 0) {
    lua_pushboolean(lua, 1);
  } else {
    if (lua_istable(lua, -1)) {
      lua_getfield(lua, -1, "err");
      if (lua_isstring(lua, -1))
        lua_replace(lua, -2);
      else
        lua_pop(lua, 1);
    }
    lua_pushboolean(lua, 0);
  }
  lua_insert(lua, 1);
  return lua_gettop(lua);
}

int refuse_read(lua_State* lua) {
  return luaL_error(
    lua, "Script attempted to access nonexistent global variable '%s'",
    lua_tostring(lua, -1));
}

int refuse_write(lua_State* lua) {
  return luaL_error(lua, "Attempt to modify a readonly table");
}

void set_function(lua_State* lua, const char* name, lua_CFunction function,
                  lua_host& host) {
  lua_pushlightuserdata(lua, &host);
  lua_pushcclosure(lua, function, 1);
  lua_setfield(lua, -2, name);
}

/// Gives the table on top of the stack what reads of missing fields end in.
void refuse_missing(lua_State* lua) {
  lua_createtable(lua, 0, 1);
  lua_pushcfunction(lua, refuse_read);
  lua_setfield(lua, -2, "__index");
  lua_setmetatable(lua, -2);
}

/// Puts the table on top of the stack into the one below as `redis`, and as
/// `server` where it goes by that name too.
void set_api(lua_State* lua, lua_host& host) {
  if (host.kind() == server_kind::valkey_9) {
    lua_pushvalue(lua, -1);
    lua_setfield(lua, -3, "server");
  }
  lua_setfield(lua, -2, "redis");
}

} // namespace

void open_standard_library(lua_State* lua) {
  constexpr lua_CFunction libraries[]
    = {luaopen_base, luaopen_table, luaopen_string, luaopen_math};
  for (auto open : libraries) {
    lua_pushcfunction(lua, open);
    lua_call(lua, 0, 0);
  }
  // Ways out, and what does not depend on the code alone.
  constexpr const char* withheld[]
    = {"dofile", "loadfile", "print", "newproxy", "_G"};
  for (auto* name : withheld) {
    lua_pushnil(lua);
    lua_setglobal(lua, name);
  }
  lua_getglobal(lua, "math");
  for (auto* name : {"random", "randomseed"}) {
    lua_pushnil(lua);
    lua_setfield(lua, -2, name);
  }
  lua_pop(lua, 1);
  lua_pushcfunction(lua, protected_call);
  lua_setglobal(lua, "pcall");
}

void push_run_globals(lua_State* lua, lua_host& host) {
  lua_newtable(lua);
  lua_pushnil(lua);
  while (lua_next(lua, LUA_GLOBALSINDEX) != 0) {
    lua_pushvalue(lua, -2);
    lua_insert(lua, -2);
    lua_rawset(lua, -4);
  }
  lua_newtable(lua);
  set_function(lua, "call", redis_call, host);
  set_function(lua, "pcall", redis_pcall, host);
  set_function(lua, "acl_check_cmd", redis_acl_check_cmd, host);
  set_function(lua, "error_reply", redis_error_reply, host);
  set_function(lua, "status_reply", redis_status_reply, host);
  set_function(lua, "log", redis_log, host);
  set_api(lua, host);
  refuse_missing(lua);
}

void push_load_globals(lua_State* lua, lua_host& host) {
  lua_newtable(lua);
  lua_newtable(lua);
  set_function(lua, "register_function", lua_register_function, host);
  set_function(lua, "log", redis_log, host);
  refuse_missing(lua);
  set_api(lua, host);
  refuse_missing(lua);
}

void protect_globals(lua_State* lua) {
  lua_newtable(lua);
  lua_createtable(lua, 0, 2);
  lua_pushcfunction(lua, refuse_write);
  lua_setfield(lua, -2, "__newindex");
  lua_setmetatable(lua, -2);
  lua_replace(lua, LUA_GLOBALSINDEX);
}

int lua_error_handler(lua_State* lua) {
  if (!lua_istable(lua, 1)) {
    lua_createtable(lua, 0, 3);
    // As `tostring` would.
    if (lua_isstring(lua, 1))
      lua_pushfstring(lua, "ERR %s", lua_tostring(lua, 1));
    else if (lua_isboolean(lua, 1))
      lua_pushfstring(lua, "ERR %s", lua_toboolean(lua, 1) ? "true" : "false");
    else
      lua_pushfstring(lua, "ERR %s", luaL_typename(lua, 1));
    lua_setfield(lua, -2, "err");
  } else {
    lua_settop(lua, 1);
  }
  lua_Debug where;
  auto found
    = lua_getstack(lua, 1, &where) != 0 && lua_getinfo(lua, "nSl", &where) != 0;
  if (found && where.what[0] == 'C')
    found = lua_getstack(lua, 2, &where) != 0
            && lua_getinfo(lua, "nSl", &where) != 0;
  if (found) {
    lua_pushstring(lua, where.source);
    lua_setfield(lua, -2, "source");
    lua_pushinteger(lua, where.currentline);
    lua_setfield(lua, -2, "line");
  }
  return 1;
}

} // namespace obol::testing::internal
