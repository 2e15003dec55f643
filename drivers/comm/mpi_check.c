/* SPDX-License-Identifier: MIT
 * Ends the job when an MPI call has failed. */
#include "comm/mpi_check.h"

#include "core/failure.h"

#include <stdio.h>
#include <string.h>

void mpi_end_job(int code, const char *call, const char *file, int line) {
    char reason[MPI_MAX_ERROR_STRING] = "unknown error";
    int length;
    MPI_Error_string(code, reason, &length);
    const char *name = strrchr(file, '/');
    fprintf(stderr, "plait: %.*s failed at %s:%d: %s\n", (int)strcspn(call, "("), call,
            name ? name + 1 : file, line, reason);
    MPI_Abort(MPI_COMM_WORLD, EXIT_RUN);
}
