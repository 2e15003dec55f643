/* SPDX-License-Identifier: MIT
 * Ends the job when an MPI call has failed. */
#include "ranks/mpi_check.h"

#include "base/failure.h"

#include <stdio.h>
#include <string.h>

void mpi_reason(int code, char reason[MPI_MAX_ERROR_STRING]) {
    int length;
    strcpy(reason, "unknown error");
    MPI_Error_string(code, reason, &length);
    char *stack = strstr(reason, ", error stack"); /* lines of MPICH's own functions */
    if (stack)
        *stack = '\0';
}

void mpi_end_job(int code, const char *call, const char *file, int line) {
    char reason[MPI_MAX_ERROR_STRING];
    mpi_reason(code, reason);
    const char *name = strrchr(file, '/');
    fprintf(stderr, "plait: %.*s failed at %s:%d: %s\n", (int)strcspn(call, "("), call,
            name ? name + 1 : file, line, reason);
    MPI_Abort(MPI_COMM_WORLD, EXIT_RUN);
}
