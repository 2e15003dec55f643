/* SPDX-License-Identifier: MIT
 * A gather in which only the first rank of each node has something to send. */
#include "ranks/node_gather.h"

#include "ranks/agree.h"
#include "ranks/mpi_check.h"

#include <stdlib.h>

bool node_gather(const struct session *session, const void *mine, size_t bytes, void **all,
                 size_t *count, struct failure *failure) {
    const int leads = session->node_rank == 0;
    const size_t ranks = session_is_root(session) ? (size_t)session->size : 0;
    int *counts = calloc(2 * ranks + 1, sizeof *counts), *places = counts ? counts + ranks : NULL;
    *all = NULL;
    *count = 0;
    if (!counts)
        failure_set(failure, EXIT_RUN, "out of memory");
    if (agree(session, failure)) {
        MPI_CHECK(MPI_Gather(&leads, 1, MPI_INT, counts, 1, MPI_INT, ROOT, session->world));
        for (size_t r = 0; r < ranks; r++) {
            places[r] = (int)*count;
            *count += (size_t)counts[r];
        }
        if (session_is_root(session) && !(*all = malloc(*count * bytes)))
            failure_set(failure, EXIT_RUN, "out of memory");
    }
    const bool good = agree(session, failure);
    if (good) {
        MPI_Datatype type;
        MPI_CHECK(MPI_Type_contiguous((int)bytes, MPI_BYTE, &type));
        MPI_CHECK(MPI_Type_commit(&type));
        MPI_CHECK(MPI_Gatherv(mine, leads, type, *all, counts, places, type, ROOT, session->world));
        MPI_CHECK(MPI_Type_free(&type));
    }
    free(counts);
    return good;
}
