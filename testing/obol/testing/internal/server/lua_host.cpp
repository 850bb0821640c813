#include "obol/testing/internal/server/lua_host.hpp"

#include "obol/testing/internal/server/compiled_library.hpp"
#include "obol/testing/internal/server/lua_sandbox.hpp"
#include "obol/testing/internal/server/lua_values.hpp"

#include <new>

namespace obol::testing::internal {

namespace {

void push_list(lua_State* lua, command_words words) {
  lua_createtable(lua, static_cast<int>(words.size()), 0);
  for (std::size_t i = 0; i < words.size(); ++i) {
    lua_pushlstring(lua, words[i].data(), words[i].size());
    lua_rawseti(lua, -2, static_cast<int>(i) + 1);
  }
}

/// The text in a field of the table on top of the stack.
std::string field_text(lua_State* lua, const char* field) {
  lua_pushstring(lua, field);
  lua_rawget(lua, -2);
  std::size_t size = 0;
  auto* text = lua_tolstring(lua, -1, &size);
  std::string result = text ? std::string{text, size} : std::string{};
  lua_pop(lua, 1);
  return result;
}

} // namespace

lua_host::lua_host(server_kind kind) : kind_(kind), lua_(luaL_newstate()) {
  auto* lua = lua_.get();
  if (!lua)
    throw std::bad_alloc{};
  open_standard_library(lua);
  push_run_globals(lua, *this);
  run_globals_ = luaL_ref(lua, LUA_REGISTRYINDEX);
  push_load_globals(lua, *this);
  load_globals_ = luaL_ref(lua, LUA_REGISTRYINDEX);
  lua_pushcfunction(lua, lua_error_handler);
  error_handler_ = luaL_ref(lua, LUA_REGISTRYINDEX);
  protect_globals(lua);
}

void lua_host::use_globals(int reference) {
  auto* lua = lua_.get();
  lua_getmetatable(lua, LUA_GLOBALSINDEX);
  lua_rawgeti(lua, LUA_REGISTRYINDEX, reference);
  lua_setfield(lua, -2, "__index");
  lua_pop(lua, 1);
}

std::string lua_host::load(std::string_view code,
                           std::vector<library_function>& registered) {
  auto* lua = lua_.get();
  std::string error;
  if (luaL_loadbuffer(lua, code.data(), code.size(), "@user_function") != 0) {
    error = "ERR Error compiling function: ";
    error += lua_tostring(lua, -1);
    lua_pop(lua, 1);
    return error;
  }
  functions = &registered;
  use_globals(load_globals_);
  if (lua_pcall(lua, 0, 0, 0) != 0) {
    error = "ERR Error registering functions: ";
    if (lua_istable(lua, -1)) {
      error += field_text(lua, "err");
    } else {
      auto* text = lua_tostring(lua, -1);
      error += "ERR ";
      error += text ? text : "unknown error";
    }
    lua_pop(lua, 1);
  }
  use_globals(run_globals_);
  functions = nullptr;
  return error;
}

void lua_host::call(const library_function& function, execution& run,
                    function_state& state, command_words keys,
                    command_words arguments, reply_writer& reply) {
  auto* lua = lua_.get();
  run_ = &run;
  state_ = &state;
  lua_rawgeti(lua, LUA_REGISTRYINDEX, error_handler_);
  lua_rawgeti(lua, LUA_REGISTRYINDEX, function.reference);
  push_list(lua, keys);
  push_list(lua, arguments);
  if (lua_pcall(lua, 2, 1, -4) == 0) {
    pop_into_reply(lua, reply);
  } else {
    reply_error(function, reply);
  }
  lua_settop(lua, 0);
  run_ = nullptr;
  state_ = nullptr;
}

void lua_host::reply_error(const library_function& function,
                           reply_writer& reply) {
  auto* lua = lua_.get();
  // Without a table the error handler itself has failed.
  if (!lua_istable(lua, -1))
    return reply.error("ERR Error running script " + function.name);
  auto text = field_text(lua, "err");
  if (text.empty())
    text = "ERR unknown error";
  auto source = field_text(lua, "source");
  auto line = field_text(lua, "line");
  if (!source.empty() && !line.empty()) {
    text += " script: ";
    if (kind_ != server_kind::valkey_9)
      text.append(function.name).append(", ");
    text.append("on ").append(source).append(":").append(line).append(".");
  }
  reply.error(text);
}

// -- for what Lua calls -------------------------------------------------------

bool lua_host::run_command() {
  auto* lua = lua_.get();
  if (!take_words())
    return false;
  reply_.clear();
  call_from_function(*run_, *state_, words_, reply_);
  lua_settop(lua, 0);
  push_reply(lua, reply_);
  return reply_[0] != '-';
}

bool lua_host::check_command() {
  auto* lua = lua_.get();
  if (!take_words())
    return false;
  auto* entry = find_command(kind_, words_).entry;
  lua_settop(lua, 0);
  if (!entry) {
    push_error(lua, kind_ == server_kind::valkey_9
                      ? "ERR Invalid command passed to server.acl_check_cmd()"
                      : "ERR Invalid command passed to redis.acl_check_cmd()");
    return false;
  }
  // There are no accounts here that may not run something.
  lua_pushboolean(lua, 1);
  return true;
}

bool lua_host::take_words() {
  auto* lua = lua_.get();
  auto valkey = kind_ == server_kind::valkey_9;
  auto count = lua_gettop(lua);
  if (count == 0) {
    push_error(lua, valkey
                      ? "ERR Please specify at least one argument for this call"
                      : "ERR Please specify at least one argument for this "
                        "redis lib call");
    return false;
  }
  words_.clear();
  for (int i = 1; i <= count; ++i) {
    if (lua_type(lua, i) == LUA_TNUMBER) {
      auto text = number_text::of_lua(lua_tonumber(lua, i), kind_);
      lua_pushlstring(lua, text.view().data(), text.view().size());
      lua_replace(lua, i);
    }
    if (lua_type(lua, i) != LUA_TSTRING) {
      push_error(lua, valkey
                        ? "ERR Command arguments must be strings or integers"
                        : "ERR Lua redis lib command arguments must be strings "
                          "or integers");
      return false;
    }
    std::size_t size = 0;
    auto* text = lua_tolstring(lua, i, &size);
    words_.emplace_back(text, size);
  }
  return true;
}

} // namespace obol::testing::internal
