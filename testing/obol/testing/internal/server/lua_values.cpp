#include "obol/testing/internal/server/lua_values.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

namespace obol::testing::internal {

namespace {

std::string_view text_at(lua_State* lua, int index) {
  std::size_t size = 0;
  auto* text = lua_tolstring(lua, index, &size);
  return {text, size};
}

void push_text(lua_State* lua, std::string_view text) {
  lua_pushlstring(lua, text.data(), text.size());
}

void push_table_with(lua_State* lua, const char* field, std::string_view text) {
  lua_createtable(lua, 0, 1);
  push_text(lua, text);
  lua_setfield(lua, -2, field);
}

/// Cuts the next line off the front.
std::string_view take_line(std::string_view& rest) {
  auto end = rest.find('\r');
  auto line = rest.substr(0, end);
  rest.remove_prefix(end + 2);
  return line;
}

/// Pushes the value at the front and cuts it off.
void push_next(lua_State* lua, std::string_view& rest) {
  auto mark = rest[0];
  rest.remove_prefix(1);
  auto line = take_line(rest);
  std::int64_t number = 0;
  switch (mark) {
    case '+':
      return push_table_with(lua, "ok", line);
    case '-':
      return push_error(lua, line);
    case ':':
      parse_integer(line, number);
      return lua_pushnumber(lua, static_cast<lua_Number>(number));
    case '$':
      parse_integer(line, number);
      if (number < 0)
        return lua_pushboolean(lua, 0);
      push_text(lua, rest.substr(0, static_cast<std::size_t>(number)));
      rest.remove_prefix(static_cast<std::size_t>(number) + 2);
      return;
    default:
      break;
  }
  parse_integer(line, number);
  luaL_checkstack(lua, 4, "nested too deep");
  lua_createtable(lua, static_cast<int>(number), 0);
  for (int i = 1; i <= number; ++i) {
    push_next(lua, rest);
    lua_rawseti(lua, -2, i);
  }
}

/// The text in a field of the table on top of the stack; pushes it if it is
/// there.
bool push_field(lua_State* lua, const char* field) {
  lua_pushstring(lua, field);
  lua_rawget(lua, -2);
  if (lua_type(lua, -1) == LUA_TSTRING)
    return true;
  lua_pop(lua, 1);
  return false;
}

std::int64_t truncated(lua_Number value) {
  // What a cast does with others is up to the machine; servers run where it
  // gives the lowest integer.
  if (!(std::abs(value) < 9.2e18))
    return std::numeric_limits<std::int64_t>::min();
  return static_cast<std::int64_t>(value);
}

void reply_table(lua_State* lua, reply_writer& reply) {
  if (push_field(lua, "err")) {
    reply.error(text_at(lua, -1));
    return lua_pop(lua, 1);
  }
  if (push_field(lua, "ok")) {
    std::string text{text_at(lua, -1)};
    std::replace(text.begin(), text.end(), '\r', ' ');
    std::replace(text.begin(), text.end(), '\n', ' ');
    reply.status(text);
    return lua_pop(lua, 1);
  }
  // An array ends at its first nil.
  int size = 0;
  for (;; ++size) {
    lua_rawgeti(lua, -1, size + 1);
    auto is_end = lua_isnil(lua, -1);
    lua_pop(lua, 1);
    if (is_end)
      break;
  }
  reply.array(static_cast<std::size_t>(size));
  for (int i = 1; i <= size; ++i) {
    lua_rawgeti(lua, -1, i);
    pop_into_reply(lua, reply);
  }
}

} // namespace

void push_reply(lua_State* lua, std::string_view reply) {
  push_next(lua, reply);
}

void push_error(lua_State* lua, std::string_view text) {
  push_table_with(lua, "err", text);
}

void pop_into_reply(lua_State* lua, reply_writer& reply) {
  if (!lua_checkstack(lua, 4)) {
    reply.error("ERR reached lua stack limit");
    return lua_pop(lua, 1);
  }
  switch (lua_type(lua, -1)) {
    case LUA_TSTRING:
      reply.bulk(text_at(lua, -1));
      break;
    case LUA_TBOOLEAN:
      if (lua_toboolean(lua, -1))
        reply.integer(1);
      else
        reply.nil();
      break;
    case LUA_TNUMBER:
      reply.integer(truncated(lua_tonumber(lua, -1)));
      break;
    case LUA_TTABLE:
      reply_table(lua, reply);
      break;
    default:
      reply.nil();
  }
  lua_pop(lua, 1);
}

} // namespace obol::testing::internal
