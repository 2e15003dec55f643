# SPDX-License-Identifier: MIT
# Builds plait for SMPI, which runs its ranks on a simulated cluster (docs/simulated-cluster.md):
#     cmake -DCMAKE_PROJECT_plait_INCLUDE=<this file> ...
set(PLAIT_SCALE ${CMAKE_CURRENT_LIST_DIR})
list(PREPEND CMAKE_MODULE_PATH ${PLAIT_SCALE}/module)
add_compile_options(-include ${PLAIT_SCALE}/include/simulated_time.h)
# SMPI loads the command once per rank, as a library, and calls its main.
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
cmake_language(DEFER CALL set_target_properties plait PROPERTIES C_VISIBILITY_PRESET default)
cmake_language(DEFER CALL target_compile_options plait PRIVATE -fPIC)
cmake_language(DEFER CALL target_link_options plait PRIVATE -shared
  -Wl,--wrap=plait_darts_add_hits,--wrap=plait_escape_rows)
cmake_language(DEFER CALL target_sources plait PRIVATE ${PLAIT_SCALE}/simulated_kernels.c)
