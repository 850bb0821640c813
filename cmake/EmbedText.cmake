# obol_embed_text(<out.cpp> <namespace-qualified function> <text>)
#
# Writes a source file that defines `std::string_view <function>()` returning
# <text>, so that a binary carries its Lua without looking for files at run time.
function(obol_embed_text out function text)
  if(NOT function MATCHES "^(.+)::([^:]+)$")
    message(FATAL_ERROR "obol_embed_text: '${function}' is not namespace-qualified")
  endif()
  set(namespace "${CMAKE_MATCH_1}")
  set(name "${CMAKE_MATCH_2}")
  # Leaves the file alone when nothing changed, so that nothing is rebuilt.
  file(CONFIGURE OUTPUT "${out}" @ONLY CONTENT
"#include <string_view>

namespace @namespace@ {
std::string_view @name@();
std::string_view @name@() {
  return R\"__text__(@text@)__text__\";
}
} // namespace @namespace@
")
endfunction()
