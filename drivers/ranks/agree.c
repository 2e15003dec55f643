/* SPDX-License-Identifier: MIT
 * Agreement on errors. */
#include "ranks/agree.h"

#include "ranks/mpi_check.h"

#include <string.h>
#include <unistd.h>

/* Says which rank failed, for an error that the other ranks cannot see. */
static void name_the_rank(const struct session *session, struct failure *failure) {
    char host[64] = "";
    struct failure named = {0};
    if (gethostname(host, sizeof host - 1) != 0)
        strcpy(host, "an unknown host");
    failure_set(&named, failure->exit_status, "rank %d on host %s: %s", session->rank, host,
                failure->text);
    *failure = named;
}

bool agree(const struct session *session, struct failure *failure) {
    const bool failed = failure->exit_status != EXIT_DONE;
    const int candidate = failed ? session->rank : session->size;
    int lowest;
    MPI_CHECK(MPI_Allreduce(&candidate, &lowest, 1, MPI_INT, MPI_MIN, session->world));
    if (lowest == session->size)
        return true;
    /* All ranks read the same options, so what fails on rank 0 is most often said best by rank 0.
     */
    if (session->rank == lowest && lowest != ROOT)
        name_the_rank(session, failure);
    MPI_CHECK(MPI_Bcast(failure, sizeof *failure, MPI_BYTE, lowest, session->world));
    return false;
}
