# Installs the build tree into an empty prefix, looks at what is there, and
# builds and runs a project that finds it.
#
#   cmake -DBUILD_DIR=... -DPROJECT_DIR=... -DWORK_DIR=... -DGENERATOR=...
#         -DCXX_COMPILER=... -DCXX_FLAGS=... -DHAS_APP=...
#         -P installed_package.cmake

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status
    OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    list(JOIN ARGN " " line)
    message(FATAL_ERROR "${line}\nended with ${status}:\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

# Users of the library get no header of what it is made with.
function(check_public_headers folder)
  file(GLOB_RECURSE headers "${folder}/obol/*.hpp")
  if(NOT headers)
    message(FATAL_ERROR "no headers in ${folder}/obol")
  endif()
  foreach(header IN LISTS headers)
    file(STRINGS "${header}" includes REGEX "^ *# *include")
    foreach(line IN LISTS includes)
      if(line MATCHES "hiredis|openssl|nlohmann|zlib|internal/")
        message(SEND_ERROR "${header}: ${line}")
      endif()
    endforeach()
  endforeach()
  file(GLOB_RECURSE internal "${folder}/*/internal/*")
  if(internal)
    message(SEND_ERROR "internal headers are installed: ${internal}")
  endif()
endfunction()

set(prefix "${WORK_DIR}/prefix")
file(REMOVE_RECURSE "${WORK_DIR}")
run("${CMAKE_COMMAND}" --install "${BUILD_DIR}" --prefix "${prefix}")
check_public_headers("${prefix}/include")

run("${CMAKE_COMMAND}" -S "${PROJECT_DIR}" -B "${WORK_DIR}/build" -G "${GENERATOR}"
  "-DCMAKE_PREFIX_PATH=${prefix}" "-DCMAKE_CXX_COMPILER=${CXX_COMPILER}"
  "-DCMAKE_CXX_FLAGS=${CXX_FLAGS}")
run("${CMAKE_COMMAND}" --build "${WORK_DIR}/build")
run("${WORK_DIR}/build/user")
foreach(expected "base_secret" "unavailable")
  if(NOT output MATCHES "${expected}")
    message(FATAL_ERROR "the project did not print '${expected}':\n${output}")
  endif()
endforeach()

run("${WORK_DIR}/build/user_tests")
if(NOT output MATCHES "found in a simulated world")
  message(FATAL_ERROR "the tests of the project said:\n${output}")
endif()

# The binary explains itself, and the unit starts the one that is installed.
function(check_app)
  set(program "${prefix}/bin/obol")
  run("${program}" --version)
  run("${program}" --help)
  if(NOT output MATCHES "obol serve")
    message(SEND_ERROR "obol --help does not name serve:\n${output}")
  endif()
  run("${program}" serve --help)
  foreach(expected "--listen" "--state-dir" "--tls-certificate-file")
    if(NOT output MATCHES "${expected}")
      message(SEND_ERROR "obol serve --help does not name ${expected}")
    endif()
  endforeach()
  file(READ "${prefix}/lib/systemd/system/obol.service" unit)
  if(NOT unit MATCHES "\nExecStart=${program} serve\n")
    message(SEND_ERROR "the unit does not start ${program}:\n${unit}")
  endif()
  foreach(expected "Type=notify" "WatchdogSec=" "NoNewPrivileges=yes"
          "ProtectSystem=strict" "DynamicUser=yes")
    if(NOT unit MATCHES "\n${expected}")
      message(SEND_ERROR "the unit has no ${expected}")
    endif()
  endforeach()
  find_program(analyze systemd-analyze)
  if(analyze)
    run("${analyze}" verify "${prefix}/lib/systemd/system/obol.service")
  else()
    message(STATUS "SKIPPED: there is no systemd-analyze to look at the unit")
  endif()
endfunction()

if(HAS_APP)
  check_app()
endif()
message(STATUS "installed, found, built and run")
