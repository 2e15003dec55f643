# SPDX-License-Identifier: MIT
# Which SIMD paths this compiler and architecture can build.
#
# plait_path(<name> PROCESSORS <regex> FLAGS <flag>...) sets PLAIT_HAVE_<NAME> when the target
# processor matches and the compiler takes the flags; arch/CMakeLists.txt then compiles the files of
# arch/<name>/ with those flags and nothing else with them.
include(CheckCCompilerFlag)

set(PLAIT_PATHS "" CACHE INTERNAL "compiled SIMD paths beside scalar")

function(plait_path name)
  cmake_parse_arguments(arg "" "PROCESSORS" "FLAGS" ${ARGN})
  if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "${arg_PROCESSORS}")
    return()
  endif()
  string(TOUPPER ${name} upper)
  if(arg_FLAGS)
    string(JOIN " " flags ${arg_FLAGS})
    check_c_compiler_flag("${flags}" PLAIT_CC_HAS_${upper})
    if(NOT PLAIT_CC_HAS_${upper})
      message(STATUS "path ${name} is left out: the compiler does not know ${flags}")
      return()
    endif()
  endif()
  set(PLAIT_PATHS ${PLAIT_PATHS} ${name} CACHE INTERNAL "")
  set(PLAIT_FLAGS_${name} ${arg_FLAGS} CACHE INTERNAL "")
endfunction()

plait_path(avx2 PROCESSORS "x86_64|AMD64" FLAGS -mavx2 -mfma)
plait_path(avx512 PROCESSORS "x86_64|AMD64"
           FLAGS -mavx2 -mfma -mavx512f -mavx512bw -mavx512dq -mavx512vl)
plait_path(neon PROCESSORS "aarch64|arm64") # part of the baseline: no flags
