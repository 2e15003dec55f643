/* SPDX-License-Identifier: MIT
 * Notes the first MPI call that fails. */
#include "comm/mpi_try.h"

#include <errno.h>
#include <mpi.h>
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
    char reason[MPI_MAX_ERROR_STRING] = "unknown error";
    int length;
    MPI_Error_string(code, reason, &length);
    char *stack = strstr(reason, ", error stack"); /* MPICH's own functions */
    if (stack)
        *stack = '\0';
    snprintf(tries->failure, sizeof tries->failure, "%.*s: %.200s", (int)strcspn(call, "("), call,
             reason);
    tries->failed = true;
    return false;
}
