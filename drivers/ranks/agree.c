/* SPDX-License-Identifier: MIT
 * Agreement on errors. */
#include "ranks/agree.h"

#include "base/host_name.h"
#include "ranks/mpi_check.h"

/* Puts rank and host before the text, for an error that the other ranks cannot see. */
static void agree_name_rank(const struct session *session, struct failure *failure) {
    char host[HOST_NAME_BYTES];
    struct failure named = {0};
    host_name(host);
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
    /* All ranks read the same options, so for what fails on rank 0 too its text is the best one.
     */
    if (session->rank == lowest && lowest != ROOT)
        agree_name_rank(session, failure);
    MPI_CHECK(MPI_Bcast(failure, sizeof *failure, MPI_BYTE, lowest, session->world));
    return false;
}
