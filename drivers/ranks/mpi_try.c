/* SPDX-License-Identifier: MIT
 * Records the first MPI call that fails. */
#include "ranks/mpi_try.h"

#include "ranks/mpi_check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

void mpi_try_begin(struct mpi_tries *tries, const char *call) {
    tries->under_way = call;
    errno = 0;
}

bool mpi_try_end(struct mpi_tries *tries, int code) {
    const char *call = tries->under_way;
    tries->error_number = errno;
    tries->under_way = NULL;
    if (code == MPI_SUCCESS)
        return true;
    char reason[MPI_MAX_ERROR_STRING];
    mpi_reason(code, reason);
    snprintf(tries->failure, sizeof tries->failure, "%.*s: %.200s", (int)strcspn(call, "("), call,
             reason);
    tries->failed = true;
    return false;
}
