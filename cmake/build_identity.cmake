# SPDX-License-Identifier: MIT
# Run by each build: writes the C source that says what was built, from which commit. It has no dates and no
# places, so that the same sources give the same bytes; where nothing has changed the file stays as it is.
#
#     cmake -DSOURCE=... -DOUTPUT=... -DCOMPILER=... -DFLAGS=... -DFEATURES=... -DPATHS=... -P build_identity.cmake
#
# Sources that are no checkout of git, as those of a release, have no commit: the version says what they are. Nor
# has a checkout of something else that Plait's sources were unpacked in.
cmake_minimum_required(VERSION 3.21)
unset(ENV{GIT_DIR}) # of a hook that runs the build
unset(ENV{GIT_WORK_TREE})
unset(ENV{GIT_INDEX_FILE})
set(ENV{GIT_OPTIONAL_LOCKS} 0)

# Who builds a checkout runs what stands in it, whoever owns it: as root, say, in a container.
function(ask_git output)
  execute_process(COMMAND ${git} -c safe.directory=${SOURCE} -c core.quotePath=off -C ${SOURCE} ${ARGN}
    RESULT_VARIABLE status OUTPUT_VARIABLE text ERROR_QUIET)
  if(NOT status EQUAL 0)
    set(text "")
  endif()
  set(${output} "${text}" PARENT_SCOPE)
endfunction()

set(commit NULL)
set(changes NULL)
find_program(git git)
if(git)
  ask_git(known ls-files --error-unmatch CMakeLists.txt cmake/build_identity.cmake)
  ask_git(head rev-parse --verify HEAD)
  string(STRIP "${head}" head)
  if(known AND head MATCHES "^[0-9a-f]+$")
    set(commit "\"${head}\"")
    # A digest of the files that the program is made of and that differ from the commit.
    set(made_of arch cmake drivers kernels CMakeLists.txt)
    ask_git(changed diff --name-only --relative HEAD -- ${made_of})
    ask_git(added ls-files --others --exclude-standard -- ${made_of})
    set(difference "")
    string(REPLACE "\n" ";" files "${changed}${added}")
    list(REMOVE_ITEM files "")
    foreach(file IN LISTS files)
      set(digest "is gone")
      if(EXISTS "${SOURCE}/${file}")
        file(SHA256 "${SOURCE}/${file}" digest)
      endif()
      string(APPEND difference "${file} ${digest}\n")
    endforeach()
    if(NOT difference STREQUAL "")
      string(SHA256 digest "${difference}")
      string(SUBSTRING "${digest}" 0 16 digest)
      set(changes "\"${digest}\"")
    endif()
  endif()
endif()

string(REPLACE "\\" "\\\\" FLAGS "${FLAGS}")
string(REPLACE "\"" "\\\"" FLAGS "${FLAGS}")
file(CONFIGURE OUTPUT ${OUTPUT} @ONLY CONTENT [[/* Written by the build: cmake/build_identity.cmake. */
#include "base/build_identity.h"

#include <stddef.h>

const struct build_identity build_identity_of_program = {
    .commit = @commit@,
    .changes = @changes@,
    .compiler = "@COMPILER@",
    .flags = "@FLAGS@",
    .features = "@FEATURES@",
    .paths = "@PATHS@",
};
]])
