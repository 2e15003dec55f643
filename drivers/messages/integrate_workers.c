/* SPDX-License-Identifier: MIT
 * Manager and workers. The part of each block comes from one worker, and the others add zeros: the
 * sum is exact in whatever order MPI adds. Each side needs one buffer of the reduction, but MPICH
 * requires two. */
#include "messages/integrate_workers.h"

#include "messages/midpoint.h"
#include "ranks/mpi_check.h"

enum { TAG_BRIDGE = 61, MANAGER = 0 };

double integrate_manage(MPI_Comm workers, uint64_t intervals) {
    struct double_double parts[MIDPOINT_BLOCKS_MAX], unused;
    const int blocks = midpoint_blocks(intervals);
    MPI_CHECK(MPI_Bcast(&intervals, 1, MPI_UINT64_T, MPI_ROOT, workers));
    MPI_CHECK(MPI_Reduce(&unused, parts, 2 * blocks, MPI_DOUBLE, MPI_SUM, MPI_ROOT, workers));
    return midpoint_total(parts, blocks);
}

void integrate_work(MPI_Comm manager) {
    struct double_double parts[MIDPOINT_BLOCKS_MAX], unused;
    uint64_t intervals;
    int worker, workers;
    MPI_CHECK(MPI_Comm_rank(manager, &worker));
    MPI_CHECK(MPI_Comm_size(manager, &workers));
    MPI_CHECK(MPI_Bcast(&intervals, 1, MPI_UINT64_T, MANAGER, manager));
    const int blocks = midpoint_blocks(intervals);
    for (int b = 0; b < blocks; b++)
        parts[b] =
            b % workers == worker ? midpoint_block(intervals, b) : (struct double_double){0, 0};
    MPI_CHECK(MPI_Reduce(parts, &unused, 2 * blocks, MPI_DOUBLE, MPI_SUM, MANAGER, manager));
}

MPI_Comm integrate_split(const struct session *session, int workers) {
    const bool manages = session->rank == ROOT;
    const int group = manages ? 0 : session->rank <= workers ? 1 : MPI_UNDEFINED;
    MPI_Comm own, bridge = MPI_COMM_NULL;
    MPI_CHECK(MPI_Comm_split(session->world, group, session->rank, &own));
    if (own == MPI_COMM_NULL)
        return bridge;
    /* The leaders are ranks 0 and 1. */
    MPI_CHECK(
        MPI_Intercomm_create(own, 0, session->world, manages ? 1 : ROOT, TAG_BRIDGE, &bridge));
    MPI_CHECK(MPI_Comm_free(&own));
    return bridge;
}
