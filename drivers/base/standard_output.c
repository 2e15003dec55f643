/* SPDX-License-Identifier: MIT
 * Flushes standard output and tells what was lost. */
#include "base/standard_output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

bool standard_output_flush(struct failure *failure) {
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return true;
    return failure_set(
        failure, EXIT_RUN,
        "cannot write to standard output: %s: redirect it to where it can be written",
        errno ? strerror(errno) : "an earlier write failed");
}
