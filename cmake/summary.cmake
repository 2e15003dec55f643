# SPDX-License-Identifier: MIT
# What this build will be able to do, at the end of the configuration.
function(plait_feature text found mend)
  if(found)
    message(STATUS "  ${text}: yes")
  else()
    message(STATUS "  ${text}: NO (${mend})")
  endif()
endfunction()

message(STATUS "Plait ${PROJECT_VERSION}, ${CMAKE_BUILD_TYPE}, ${CMAKE_C_COMPILER_ID} "
               "${CMAKE_C_COMPILER_VERSION}, ${CMAKE_SYSTEM_PROCESSOR}")
list(JOIN PLAIT_PATHS " " paths)
message(STATUS "  paths: scalar ${paths}")
if(PLAIT_MPI)
  message(STATUS "  plait command: yes (MPI ${MPI_C_VERSION}, libpng ${PNG_VERSION_STRING})")
  plait_feature("--json" ${PLAIT_JANSSON_FOUND} "install libjansson-dev")
  plait_feature("--config" ${PLAIT_INIH_FOUND} "install libinih-dev")
else()
  message(STATUS "  plait command: NO (PLAIT_MPI=OFF)")
endif()
