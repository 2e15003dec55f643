/* SPDX-License-Identifier: MIT
 * How many rows a rank can keep, and their memory. */
#include "picture/keepers/row_space.h"

#include "ranks/agree.h"
#include "ranks/message_buffer.h"
#include "ranks/mpi_check.h"

#include <stdlib.h>

static const double BYTES_PER_MIB = 1048576;

/* For each row that is computed. */
static uint64_t unit_bytes(const struct row_space *space) {
    return space->row_bytes * space->images;
}

/* What a rank may take beyond its fair share, in rows, where the queue decides during the run: the
 * memory that the node has to spare, an eighth kept back, divided among the ranks that keep rows
 * there. Rank 0 has space for all rows, so that some rank can always continue. */
static uint32_t spare_rows(const struct keeper *keeper, const struct row_space *space,
                           uint64_t spare_bytes) {
    const struct row_work *work = keeper->work;
    int keepers = !session_is_root(keeper->work->session);
    MPI_CHECK(MPI_Allreduce(MPI_IN_PLACE, &keepers, 1, MPI_INT, MPI_SUM, work->session->node));
    if (session_is_root(keeper->work->session) || schedule_is_fixed(&work->queue.schedule))
        return 0;
    const uint64_t addressable = SIZE_MAX / 2 / unit_bytes(space);
    const uint64_t expected = space->expected;
    uint64_t most = work->distinct - expected;
    if (expected + most > addressable)
        most = addressable - expected;
    const uint64_t spare = (spare_bytes - spare_bytes / 8) / (uint64_t)keepers / unit_bytes(space);
    return (uint32_t)(spare < most ? spare : most);
}

/* What an error suggests where memory does not suffice. Rank 0 holds the whole picture, on any
 * number of nodes, but for fixed schedules whose rows stay with their owners. */
static const char *alternative(const struct keeper *keeper) {
    return session_is_root(keeper->work->session) ? "--stream, which keeps only some rows in memory"
                                                  : "more nodes";
}

/* All ranks of a node share its memory: their needs are added up before anyone allocates, since a
 * system that promises more than it has kills a rank in the middle of the work instead. */
bool row_space_check(struct keeper *keeper, const struct row_space *space,
                     struct failure *failure) {
    const struct session *session = keeper->work->session;
    const uint64_t own = space->expected * unit_bytes(space);
    const struct node_memory memory = node_memory_of(session, own);
    if (own > SIZE_MAX / 2)
        failure_set(
            failure, EXIT_USAGE,
            "the picture needs more memory than a 32-bit process can have: choose a smaller --size, or %s",
            alternative(keeper));
    else if (memory.needed > memory.available)
        failure_set(
            failure, EXIT_USAGE,
            "the picture needs %.0f MiB on this node, which has %.0f MiB free: choose a smaller --size, or %s",
            (double)memory.needed / BYTES_PER_MIB, (double)memory.available / BYTES_PER_MIB,
            alternative(keeper));
    if (!agree(session, failure))
        return false;
    keeper->space = space->expected + spare_rows(keeper, space, memory.available - memory.needed);
    return true;
}

/* Memory that is not touched costs nothing: a rank asks for space for all rows that it may get, and
 * uses what the rows need that it does get. Where the system counts promised memory too, it asks
 * for less. */
bool row_space_allocate(struct keeper *keeper, const struct row_space *space, int32_t **counts,
                        int32_t **parts, struct failure *failure) {
    const size_t width = keeper->work->escape->width;
    for (;;) {
        /* One element at least: a rank without rows has nothing to store, but NULL means no memory.
         */
        const size_t rows = (keeper->space > 0 ? (size_t)keeper->space : 1) * space->images;
        *counts = malloc(rows * width * sizeof **counts);
        keeper->digests = malloc(rows * sizeof *keeper->digests);
        if (keeper->colouring->smooth)
            *parts = malloc(rows * width * sizeof **parts);
        if (*counts && keeper->digests && (*parts || !keeper->colouring->smooth))
            return true;
        if (keeper->space == space->expected)
            return failure_set(failure, EXIT_USAGE,
                               "no memory for %.0f MiB of counts: choose a smaller --size, or %s",
                               (double)(keeper->space * unit_bytes(space)) / BYTES_PER_MIB,
                               alternative(keeper));
        free(*counts);
        free(*parts);
        free(keeper->digests);
        *counts = *parts = NULL;
        keeper->digests = NULL;
        keeper->space = space->expected + (keeper->space - space->expected) / 2;
    }
}
