# Builds the simulation once more, as the other kind of build, and demands that
# both write the same traces byte for byte. Needs SOURCE_DIR, WORK_DIR, PROGRAM
# (this build's obol_simulate), BUILD_TYPE (the other kind), GENERATOR and
# CXX_COMPILER.
set(seeds 1 2 3 5 8 13 21 34 55 89 144 233)

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output
    ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${ARGN}\n${output}")
  endif()
endfunction()

run("${CMAKE_COMMAND}" -S "${SOURCE_DIR}" -B "${WORK_DIR}" -G "${GENERATOR}"
  "-DCMAKE_CXX_COMPILER=${CXX_COMPILER}" "-DCMAKE_BUILD_TYPE=${BUILD_TYPE}"
  -DOBOL_BUILD_TESTS=OFF -DOBOL_BUILD_EXAMPLES=OFF -DOBOL_BUILD_BENCH=OFF)
run("${CMAKE_COMMAND}" --build "${WORK_DIR}" --target obol_simulate --parallel 2)

foreach(seed IN LISTS seeds)
  foreach(program "${PROGRAM}" "${WORK_DIR}/apps/simulate/obol_simulate")
    execute_process(COMMAND "${program}" --seed ${seed} --lines 1000000
      RESULT_VARIABLE status OUTPUT_VARIABLE trace)
    string(SHA256 hash "${trace}")
    string(LENGTH "${trace}" length)
    if(NOT status EQUAL 0 OR length LESS 1000)
      message(FATAL_ERROR "${program} --seed ${seed}: exit code ${status}, ${length} bytes")
    endif()
    list(APPEND hashes_of_${seed} ${hash})
  endforeach()
  list(REMOVE_DUPLICATES hashes_of_${seed})
  list(LENGTH hashes_of_${seed} count)
  if(NOT count EQUAL 1)
    message(FATAL_ERROR "seed ${seed} has another trace in another build")
  endif()
endforeach()
message(STATUS "${BUILD_TYPE} and this build write the same traces")
