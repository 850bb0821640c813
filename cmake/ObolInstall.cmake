# Installs the libraries and the package file that find_package(obol) reads.
include(CMakePackageConfigHelpers)

get_property(components GLOBAL PROPERTY OBOL_COMPONENTS)
add_library(obol_obol INTERFACE)
add_library(obol::obol ALIAS obol_obol)
set_target_properties(obol_obol PROPERTIES EXPORT_NAME obol)
target_link_libraries(obol_obol INTERFACE obol::actors)

install(TARGETS ${components} obol_obol EXPORT obolTargets
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
install(EXPORT obolTargets NAMESPACE obol::
  DESTINATION "${CMAKE_INSTALL_LIBDIR}/cmake/obol")
configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/obolConfig.cmake.in"
  "${CMAKE_BINARY_DIR}/obolConfig.cmake"
  INSTALL_DESTINATION "${CMAKE_INSTALL_LIBDIR}/cmake/obol")
write_basic_package_version_file("${CMAKE_BINARY_DIR}/obolConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES
  "${CMAKE_BINARY_DIR}/obolConfig.cmake"
  "${CMAKE_BINARY_DIR}/obolConfigVersion.cmake"
  "${CMAKE_CURRENT_LIST_DIR}/FindCAF.cmake"
  "${CMAKE_CURRENT_LIST_DIR}/FindHiredis.cmake"
  "${CMAKE_CURRENT_LIST_DIR}/FindLua51.cmake"
  DESTINATION "${CMAKE_INSTALL_LIBDIR}/cmake/obol")
