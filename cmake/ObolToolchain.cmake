# Compiler settings every target of this tree shares.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_CXX_VISIBILITY_PRESET default)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

find_program(OBOL_CCACHE ccache)
if(OBOL_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${OBOL_CCACHE}")
endif()

add_library(obol_flags INTERFACE)
target_compile_options(obol_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wcast-qual
  -Wno-missing-field-initializers -Werror)
# Once it optimises, g++ 12 sees an overlapping copy in `"text" + string` where
# there is none: https://gcc.gnu.org/bugzilla/show_bug.cgi?id=105651
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(obol_flags INTERFACE -Wno-restrict)
endif()

if(OBOL_SANITIZE)
  add_compile_options(-fsanitize=${OBOL_SANITIZE} -fno-omit-frame-pointer -g
    -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${OBOL_SANITIZE})
endif()
# With a sanitizer g++ 12 takes parts of std::variant for uninitialised.
if(OBOL_SANITIZE)
  target_compile_options(obol_flags INTERFACE -Wno-maybe-uninitialized)
endif()
