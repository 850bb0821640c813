# Finds tcmalloc of gperftools without its profilers. Defines Tcmalloc::minimal.
find_library(TCMALLOC_LIBRARY NAMES tcmalloc_minimal)
find_path(TCMALLOC_INCLUDE_DIR gperftools/malloc_extension_c.h)
mark_as_advanced(TCMALLOC_LIBRARY TCMALLOC_INCLUDE_DIR)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Tcmalloc REQUIRED_VARS TCMALLOC_LIBRARY TCMALLOC_INCLUDE_DIR)

if(Tcmalloc_FOUND AND NOT TARGET Tcmalloc::minimal)
  add_library(Tcmalloc::minimal UNKNOWN IMPORTED)
  set_target_properties(Tcmalloc::minimal PROPERTIES
    IMPORTED_LOCATION "${TCMALLOC_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${TCMALLOC_INCLUDE_DIR}")
endif()
