# SPDX-License-Identifier: MIT
# What Plait builds on. Required: OpenMP, and for the command MPI, libpng, zlib, jansson and cminpack. Each of the others
# belongs to a feature that is ON or OFF: a library that is missing is an error which names the option that does
# without it, and one that is there by accident is not used.
find_package(OpenMP REQUIRED COMPONENTS C)
find_package(PkgConfig)

# Sets PLAIT_<name>_FOUND, also without pkg-config itself, and makes PkgConfig::PLAIT_<name>.
macro(plait_optional name module)
  set(PLAIT_${name}_FOUND FALSE)
  if(PkgConfig_FOUND)
    pkg_check_modules(PLAIT_${name} QUIET IMPORTED_TARGET "${module}")
  endif()
endmacro()

if(PLAIT_MPI)
  set(MPI_CXX_SKIP_MPICXX ON)
  find_package(MPI REQUIRED COMPONENTS C)
  find_package(PNG REQUIRED)
  find_package(ZLIB REQUIRED) # sums of what libpng does not deflate
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(PLAIT_JANSSON REQUIRED IMPORTED_TARGET jansson)
  pkg_check_modules(PLAIT_CMINPACK REQUIRED IMPORTED_TARGET cminpack)
  if(PLAIT_CAIRO)
    plait_optional(CAIRO_LIBRARY cairo-pdf)
    if(NOT PLAIT_CAIRO_LIBRARY_FOUND)
      message(FATAL_ERROR "no cairo: install libcairo2-dev, or give -DPLAIT_CAIRO=OFF, and there is no PDF")
    endif()
  endif()
  # Open MPI brings the headers along on Debian. Never by accident: whoever has none says OFF.
  if(PLAIT_HWLOC)
    plait_optional(HWLOC_LIBRARY "hwloc >= 2.1")
    if(NOT PLAIT_HWLOC_LIBRARY_FOUND)
      message(FATAL_ERROR "no hwloc of at least 2.1: install libhwloc-dev, or give -DPLAIT_HWLOC=OFF, and /sys takes its place")
    endif()
  endif()
  if(PLAIT_MPFR)
    plait_optional(MPFR_LIBRARY "mpfr >= 4.0")
    if(NOT PLAIT_MPFR_LIBRARY_FOUND)
      message(FATAL_ERROR "no MPFR of at least 4.0: install libmpfr-dev, or give -DPLAIT_MPFR=OFF, and deep zooms are refused")
    endif()
  endif()
endif()
# Only the headers: a process that asks for devices opens the library, and does without it where it is not there.
if(PLAIT_OPENCL)
  find_path(PLAIT_OPENCL_INCLUDE CL/cl.h)
  if(NOT PLAIT_OPENCL_INCLUDE)
    message(FATAL_ERROR "GPUs need CL/cl.h (opencl-c-headers); -DPLAIT_OPENCL=OFF leaves them out")
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
set(PLAIT_USES_PCG FALSE)
if(PLAIT_PCG AND (PLAIT_TESTS OR PLAIT_BENCH) AND NOT CMAKE_CROSSCOMPILING)
  include(CheckLanguage)
  check_language(CXX)
  find_path(PLAIT_PCG_INCLUDE pcg_random.hpp)
  if(NOT CMAKE_CXX_COMPILER OR NOT PLAIT_PCG_INCLUDE)
    message(FATAL_ERROR "PCG's own code needs a C++ compiler and pcg_random.hpp (g++ libpcg-cpp-dev); -DPLAIT_PCG=OFF leaves it out")
  endif()
  enable_language(CXX)
  set(PLAIT_USES_PCG TRUE)
endif()
