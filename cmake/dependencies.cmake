# SPDX-License-Identifier: MIT
# What Plait builds on. Required: OpenMP, and for the command MPI, libpng, jansson and cminpack. The others
# switch one feature off when they are missing; cmake/summary.cmake says which.
find_package(OpenMP REQUIRED COMPONENTS C)
find_package(PkgConfig)

# pkg_check_modules alone would leave PLAIT_CAIRO_FOUND undefined without pkg-config itself.
macro(plait_optional name module)
  set(PLAIT_${name}_FOUND FALSE)
  if(PkgConfig_FOUND)
    pkg_check_modules(PLAIT_${name} QUIET IMPORTED_TARGET ${module})
  endif()
endmacro()

if(PLAIT_MPI)
  set(MPI_CXX_SKIP_MPICXX ON)
  find_package(MPI REQUIRED COMPONENTS C)
  find_package(PNG REQUIRED)
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(PLAIT_JANSSON REQUIRED IMPORTED_TARGET jansson)
  pkg_check_modules(PLAIT_CMINPACK REQUIRED IMPORTED_TARGET cminpack)
  plait_optional(CAIRO cairo-pdf)
  # Open MPI brings the headers along on Debian. Never by accident: whoever has none says OFF.
  if(PLAIT_HWLOC)
    pkg_check_modules(PLAIT_HWLOC_LIBRARY IMPORTED_TARGET "hwloc >= 2.1")
    if(NOT PLAIT_HWLOC_LIBRARY_FOUND)
      message(FATAL_ERROR "no hwloc of at least 2.1: install libhwloc-dev, or give -DPLAIT_HWLOC=OFF, and /sys takes its place")
    endif()
  endif()
endif()
# Debian has no CUnit for the targets it cross-compiles to; the checks then count for themselves. Without
# the condition pkg-config would offer the build machine's library.
set(PLAIT_CHECK_BACKEND plain)
if(PLAIT_TESTS AND NOT CMAKE_CROSSCOMPILING)
  plait_optional(CUNIT cunit)
  if(NOT PLAIT_CUNIT_FOUND)
    message(FATAL_ERROR "the tests need CUnit (libcunit1-dev); -DPLAIT_TESTS=OFF leaves them out")
  endif()
  set(PLAIT_CHECK_BACKEND cunit)
endif()

# PCG's own C++ code: the oracle of the tests and the baseline of the benchmark of darts.
set(PLAIT_PCG_FOUND FALSE)
if((PLAIT_TESTS OR PLAIT_BENCH) AND NOT CMAKE_CROSSCOMPILING)
  include(CheckLanguage)
  check_language(CXX)
  find_path(PLAIT_PCG_INCLUDE pcg_random.hpp)
  if(CMAKE_CXX_COMPILER AND PLAIT_PCG_INCLUDE)
    enable_language(CXX)
    set(PLAIT_PCG_FOUND TRUE)
  endif()
endif()
