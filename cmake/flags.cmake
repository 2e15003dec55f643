# SPDX-License-Identifier: MIT
# The flags that every file is compiled with. What they leave out is part of the contract: no -march,
# no global -m<isa>, no fast-math. Instruction sets are switched on per path, in paths.cmake.
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug, Release, RelWithDebInfo" FORCE)
endif()

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# An -O3 that the build type brings stays; contraction would fuse what the contract keeps apart.
# Where the sources lie is no part of the result: __FILE__ begins at the top of the tree.
add_compile_options(-fmacro-prefix-map=${PROJECT_SOURCE_DIR}/= -ffp-contract=off -Wall -Wextra -Wshadow -Wpointer-arith -Wwrite-strings -Wvla
                    "$<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes;-Wmissing-prototypes>")
# 64-bit file sizes on 32-bit Arm too.
add_compile_definitions(_POSIX_C_SOURCE=200809L _FILE_OFFSET_BITS=64)
if("${CMAKE_C_FLAGS} ${CMAKE_C_FLAGS_RELEASE}" MATCHES "-Ofast|-ffast-math|-funsafe-math")
  message(FATAL_ERROR "CMAKE_C_FLAGS has fast-math, which changes the bits of results: leave it out")
endif()
if(PLAIT_WERROR)
  add_compile_options(-Werror)
  # A loop that clang cannot make into vectors, as under sanitizers, is slow, not wrong.
  add_compile_options("$<$<COMPILE_LANG_AND_ID:C,Clang>:-Wno-error=pass-failed>")
endif()
if(PLAIT_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(PLAIT_SANITIZE)
  add_compile_options(-fsanitize=${PLAIT_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${PLAIT_SANITIZE})
endif()
