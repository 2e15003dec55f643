/* SPDX-License-Identifier: MIT
 * Flushes standard output and reports what was lost. */
#include "base/standard_output.h"

#include "base/atomic_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

bool standard_output_flush(struct failure *failure) {
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return true;
    const char *fix = atomic_file_fix(errno);
    return failure_set(failure, EXIT_RUN, "cannot write to standard output: %s%s",
                       errno ? strerror(errno) : "an earlier write failed",
                       *fix ? fix : ": redirect it to where it can be written");
}
