#pragma once

#include <lua.hpp>

namespace obol::testing::internal {

/// `redis.register_function`, in both its forms.
int lua_register_function(lua_State* lua);

} // namespace obol::testing::internal
