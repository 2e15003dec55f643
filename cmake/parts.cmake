# SPDX-License-Identifier: MIT
# plait_part(<name> [MPI] MAY [<part>...]) makes the static library plait_<name> of all sources below
# drivers/<name>/, which may include the headers of the parts that MAY names, and its own. The headers
# that a part may see, and no others, are laid under one include directory, so that any other include is
# a compile error; the archives link to the same list, so that any other call is a link error. Only a part
# with MPI sees mpi.h. tests/layers/check_includes.sh reads the same calls.
set(PLAIT_PARTS "" CACHE INTERNAL "the parts of drivers/, in the order of their dependencies")
set(PLAIT_PARTS_WITHOUT_MPI "" CACHE INTERNAL "those that make no MPI calls")

function(plait_part name)
  cmake_parse_arguments(arg "MPI" "" "MAY" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.c)
  add_library(plait_${name} STATIC ${sources})

  set(seen ${CMAKE_CURRENT_BINARY_DIR}/seen/${name})
  file(REMOVE_RECURSE ${seen})
  file(MAKE_DIRECTORY ${seen})
  foreach(part IN LISTS arg_MAY ITEMS ${name})
    file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR}/${part} ${seen}/${part} SYMBOLIC)
  endforeach()
  # Of libplait a part sees the headers; who links the part chooses the shared or the static library.
  target_include_directories(plait_${name} PRIVATE ${seen}
    $<TARGET_PROPERTY:plait_shared,INTERFACE_INCLUDE_DIRECTORIES>)

  list(TRANSFORM arg_MAY PREPEND plait_)
  target_link_libraries(plait_${name} PUBLIC ${arg_MAY})
  if(arg_MPI)
    target_link_libraries(plait_${name} PUBLIC MPI::MPI_C)
  else()
    set(PLAIT_PARTS_WITHOUT_MPI ${PLAIT_PARTS_WITHOUT_MPI} ${name} CACHE INTERNAL "")
  endif()
  set(PLAIT_PARTS ${PLAIT_PARTS} ${name} CACHE INTERNAL "")
endfunction()
