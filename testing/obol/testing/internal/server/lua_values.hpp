#pragma once

#include "obol/testing/internal/server/reply_writer.hpp"

#include <lua.hpp>
#include <string_view>

namespace obol::testing::internal {

/// Pushes what a reply (RESP2) is in Lua: nil becomes false, a status or an
/// error a table.
void push_reply(lua_State* lua, std::string_view reply);

/// Pushes a table that stands for an error.
/// @param text begins with the code, like `ERR`
void push_error(lua_State* lua, std::string_view text);

/// Answers the value on top of the stack and pops it.
void pop_into_reply(lua_State* lua, reply_writer& reply);

} // namespace obol::testing::internal
