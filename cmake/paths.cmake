# SPDX-License-Identifier: MIT
# Which SIMD paths this compiler and architecture can build.
#
# plait_path(<name> MACRO <macro> [FLAGS <flag>...]) adds <name> to PLAIT_PATHS when the compiler makes code
# for that architecture, which its macro shows, and takes the flags; arch/CMakeLists.txt then compiles the
# files of arch/<name>/ with those flags, and tests/layers/check_flags.py sees to it that nothing else is. The compiler is asked, not the kernel: 32-bit Raspberry Pi OS runs on a kernel that says
# aarch64.
#
# The order of the lines is the order of preference: of the paths that a machine can run, the last is taken.
include(CheckCCompilerFlag)
include(CheckCSourceCompiles)

set(PLAIT_PATHS "" CACHE INTERNAL "compiled SIMD paths, without scalar")

function(plait_path name)
  cmake_parse_arguments(arg "" "MACRO" "FLAGS" ${ARGN})
  string(TOUPPER ${name} upper)
  set(CMAKE_REQUIRED_QUIET ON) # another architecture's macro is no failure to report
  check_c_source_compiles("#ifndef ${arg_MACRO}\n#error\n#endif\nint main(void) { return 0; }"
    PLAIT_CC_MAKES${arg_MACRO})
  if(NOT PLAIT_CC_MAKES${arg_MACRO})
    return()
  endif()
  unset(CMAKE_REQUIRED_QUIET)
  option(PLAIT_${upper} "compile the path ${name}, which each node chooses when it runs" ON)
  if(NOT PLAIT_${upper})
    return()
  endif()
  if(arg_FLAGS)
    string(JOIN " " flags ${arg_FLAGS})
    check_c_compiler_flag("${flags}" PLAIT_CC_HAS_${upper})
    if(NOT PLAIT_CC_HAS_${upper})
      message(FATAL_ERROR "path ${name}: the compiler does not know ${flags}; -DPLAIT_${upper}=OFF leaves it out")
    endif()
  endif()
  set(PLAIT_PATHS ${PLAIT_PATHS} ${name} CACHE INTERNAL "")
  set(PLAIT_FLAGS_${name} ${arg_FLAGS} CACHE INTERNAL "")
endfunction()

plait_path(avx2 MACRO __x86_64__ FLAGS -mavx2 -mfma)
plait_path(avx512 MACRO __x86_64__
           FLAGS -mavx2 -mfma -mavx512f -mavx512bw -mavx512dq -mavx512vl)
plait_path(neon MACRO __aarch64__) # part of the baseline: no flags
