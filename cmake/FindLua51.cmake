# Finds Lua 5.1, the language of functions inside the server. Defines Lua::lua51.
find_path(LUA51_INCLUDE_DIR lua.hpp PATH_SUFFIXES lua5.1 lua-5.1 lua51)
find_library(LUA51_LIBRARY NAMES lua5.1 lua-5.1 lua51)
mark_as_advanced(LUA51_INCLUDE_DIR LUA51_LIBRARY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Lua51 REQUIRED_VARS LUA51_LIBRARY LUA51_INCLUDE_DIR)

if(Lua51_FOUND AND NOT TARGET Lua::lua51)
  add_library(Lua::lua51 UNKNOWN IMPORTED)
  set_target_properties(Lua::lua51 PROPERTIES
    IMPORTED_LOCATION "${LUA51_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${LUA51_INCLUDE_DIR}"
    INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${LUA51_INCLUDE_DIR}")
endif()
