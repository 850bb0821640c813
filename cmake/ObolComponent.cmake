# obol_component(<name> [DEPENDS <lower components>...] [PUBLIC <libs>...] [PRIVATE <libs>...]
#                [INSTALLED_HEADERS <headers>...])
#
# One folder of the tree = one static library `obol_<name>`, alias
# `obol::<name>`. Its headers are <folder>/obol/**.hpp outside internal/; they
# must compile on their own. Those named, or all, are installed.
function(obol_component name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "DEPENDS;PUBLIC;PRIVATE;INSTALLED_HEADERS")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/obol/*.cpp")
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE "${CMAKE_CURRENT_SOURCE_DIR}"
    "${CMAKE_CURRENT_SOURCE_DIR}/obol/*.hpp")

  add_library(obol_${name} STATIC ${sources})
  add_library(obol::${name} ALIAS obol_${name})
  set_target_properties(obol_${name} PROPERTIES EXPORT_NAME ${name})
  target_compile_features(obol_${name} PUBLIC cxx_std_20)
  target_include_directories(obol_${name} PUBLIC
    "$<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}>"
    "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
  list(TRANSFORM arg_DEPENDS PREPEND obol::)
  target_link_libraries(obol_${name}
    PUBLIC ${arg_DEPENDS} ${arg_PUBLIC}
    PRIVATE ${arg_PRIVATE} $<BUILD_INTERFACE:obol_flags>)

  list(FILTER headers EXCLUDE REGEX "/internal/")
  set_property(GLOBAL APPEND PROPERTY OBOL_COMPONENTS obol_${name})
  obol_check_headers(obol_${name} ${headers})
  if(arg_INSTALLED_HEADERS)
    set(headers ${arg_INSTALLED_HEADERS})
  endif()
  foreach(header IN LISTS headers)
    get_filename_component(dir "${header}" DIRECTORY)
    install(FILES "${header}" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/${dir}")
  endforeach()
endfunction()

# Compiles every header alone, once, with only what its users get.
function(obol_check_headers target)
  if(NOT OBOL_BUILD_TESTS OR NOT ARGN)
    return()
  endif()
  set(units)
  foreach(header IN LISTS ARGN)
    string(MAKE_C_IDENTIFIER "${header}" id)
    set(unit "${CMAKE_CURRENT_BINARY_DIR}/alone/${id}.cpp")
    file(CONFIGURE OUTPUT "${unit}" CONTENT "#include <${header}>\n")
    list(APPEND units "${unit}")
  endforeach()
  add_library(${target}_headers_alone OBJECT ${units})
  target_include_directories(${target}_headers_alone PRIVATE
    "$<TARGET_PROPERTY:${target},INTERFACE_INCLUDE_DIRECTORIES>")
  target_link_libraries(${target}_headers_alone PRIVATE CAF::core obol_flags)
endfunction()
