# SPDX-License-Identifier: MIT
# In place of CMake's own: MPI is SimGrid's.
find_path(SMPI_INCLUDE smpi/mpi.h REQUIRED)
find_library(SMPI_LIBRARY simgrid REQUIRED)
if(NOT TARGET MPI::MPI_C)
  add_library(MPI::MPI_C INTERFACE IMPORTED)
  target_include_directories(MPI::MPI_C INTERFACE ${CMAKE_CURRENT_LIST_DIR}/../include ${SMPI_INCLUDE})
  target_link_libraries(MPI::MPI_C INTERFACE ${SMPI_LIBRARY})
endif()
set(MPI_FOUND TRUE)
set(MPI_C_FOUND TRUE)
