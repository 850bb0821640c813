#pragma once

#include <lua.hpp>

namespace obol::testing::internal {

class lua_host;

/// Opens the part of the standard library that servers have.
void open_standard_library(lua_State* lua);

/// Pushes a table of globals that refuses to be read where nothing is. It holds
/// the standard library and `redis` with what functions use.
void push_run_globals(lua_State* lua, lua_host& host);

/// The same for the time when a library is loaded: there is only `redis`, and
/// in that only `register_function`.
void push_load_globals(lua_State* lua, lua_host& host);

/// Makes globals a table that nobody can write to and that looks what it lacks
/// up elsewhere.
void protect_globals(lua_State* lua);

/// What servers handle errors with: makes a table with the text, the source and
/// the line.
int lua_error_handler(lua_State* lua);

} // namespace obol::testing::internal
