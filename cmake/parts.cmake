# SPDX-License-Identifier: MIT
# plait_part(<name> [MPI] MAY [<part>...] [ALSO_FREE <source>...]) makes the static library plait_<name> of
# all sources below drivers/<name>/, which may include the headers of the parts that MAY names, and its own.
# The headers that a part may see, and no others, are laid under one include directory, so that any other
# include is a compile error; the archives link to the same list, so that any other call is a link error.
# tests/layers/check_includes.py reads the same calls.
#
# Only a part with MPI sees mpi.h, and of its sources neither <x>_options.c nor those that ALSO_FREE names:
# these are a library of their own, plait_<name>_free, which plait_documents and others without MPI link.
set(PLAIT_PARTS "" CACHE INTERNAL "the parts of drivers/, in the order of their dependencies")
set(PLAIT_PARTS_WITH_MPI "" CACHE INTERNAL "those of them that make MPI calls")
set(PLAIT_MPI_FREE "" CACHE INTERNAL "libraries of drivers/ that make no MPI calls")

function(plait_part name)
  cmake_parse_arguments(arg "MPI" "" "MAY;ALSO_FREE" ${ARGN})
  set(seen ${CMAKE_CURRENT_BINARY_DIR}/seen/${name})
  file(REMOVE_RECURSE ${seen})
  file(MAKE_DIRECTORY ${seen})
  foreach(part IN LISTS arg_MAY ITEMS ${name})
    file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR}/${part} ${seen}/${part} SYMBOLIC)
  endforeach()

  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.c)
  if(arg_MPI)
    file(GLOB free CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*_options.c)
    foreach(source IN LISTS arg_ALSO_FREE)
      list(APPEND free ${CMAKE_CURRENT_SOURCE_DIR}/${name}/${source}.c)
    endforeach()
    set(free_libraries "")
    if(free)
      list(REMOVE_ITEM sources ${free})
      plait_part_library(plait_${name}_free ${seen} ${free})
      set(PLAIT_MPI_FREE ${PLAIT_MPI_FREE} plait_${name}_free CACHE INTERNAL "")
      list(APPEND free_libraries plait_${name}_free)
      foreach(part IN LISTS arg_MAY)
        if(TARGET plait_${part}_free)
          target_link_libraries(plait_${name}_free PUBLIC plait_${part}_free)
        elseif(NOT part IN_LIST PLAIT_PARTS_WITH_MPI)
          target_link_libraries(plait_${name}_free PUBLIC plait_${part})
        endif()
      endforeach()
    endif()
  endif()

  plait_part_library(plait_${name} ${seen} ${sources})
  list(TRANSFORM arg_MAY PREPEND plait_ OUTPUT_VARIABLE may)
  target_link_libraries(plait_${name} PUBLIC ${free_libraries} ${may})
  if(arg_MPI)
    target_link_libraries(plait_${name} PUBLIC MPI::MPI_C)
    set(PLAIT_PARTS_WITH_MPI ${PLAIT_PARTS_WITH_MPI} ${name} CACHE INTERNAL "")
  else()
    set(PLAIT_MPI_FREE ${PLAIT_MPI_FREE} plait_${name} CACHE INTERNAL "")
  endif()
  set(PLAIT_PARTS ${PLAIT_PARTS} ${name} CACHE INTERNAL "")
endfunction()

# Who links a part gets libplait with it: the shared library where its property PLAIT_SHARED says so.
function(plait_part_library target seen)
  add_library(${target} STATIC ${ARGN})
  target_include_directories(${target} PRIVATE ${seen}
    $<TARGET_PROPERTY:plait_shared,INTERFACE_INCLUDE_DIRECTORIES>)
  target_link_libraries(${target} INTERFACE
    $<IF:$<BOOL:$<TARGET_PROPERTY:PLAIT_SHARED>>,plait_shared,plait_static>)
endfunction()
