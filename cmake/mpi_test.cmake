# SPDX-License-Identifier: MIT
# plait_mpi_test(NAME <name> RANKS <n> COMMAND <command> [<argument>...]
#                [LABELS <label>...] [TIMEOUT <seconds>])
# adds a test that runs the command on n ranks. The environment says what a launcher's options would
# (tests/mpi.env), so the same line works with Open MPI and MPICH. launch.sh ends a hanging launcher
# together with its ranks; ctest alone would kill the launcher and leave them.
file(STRINGS ${PROJECT_SOURCE_DIR}/tests/mpi.env PLAIT_TEST_ENVIRONMENT REGEX "^[A-Z]")
if(PLAIT_SANITIZE)
  list(APPEND PLAIT_TEST_ENVIRONMENT "ASAN_OPTIONS=detect_leaks=1:fast_unwind_on_malloc=0"
    "LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/lsan.supp")
endif()

function(plait_mpi_test)
  cmake_parse_arguments(arg "" "NAME;RANKS;TIMEOUT" "COMMAND;LABELS" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 60)
  endif()
  add_test(NAME ${arg_NAME}
    COMMAND ${PROJECT_SOURCE_DIR}/tests/mpi/launch.sh ${arg_TIMEOUT}
            ${MPIEXEC_EXECUTABLE} ${MPIEXEC_NUMPROC_FLAG} ${arg_RANKS} ${arg_COMMAND})
  math(EXPR ctest_timeout "${arg_TIMEOUT} + 10")
  set_tests_properties(${arg_NAME} PROPERTIES
    LABELS "mpi;${arg_LABELS}" PROCESSORS ${arg_RANKS} TIMEOUT ${ctest_timeout}
    ENVIRONMENT "${PLAIT_TEST_ENVIRONMENT}")
endfunction()
