/* SPDX-License-Identifier: MIT
 * Sums and maxima over the ranks, in messages whose length MPI can count. */
#include "kmeans/kmeans_team.h"

#include "base/clock.h"
#include "ranks/mpi_check.h"

enum { MESSAGE_VALUES = 1 << 24 };

static void kmeans_team_reduce(struct kmeans_messages *messages, void *values, size_t count,
                               MPI_Datatype type, MPI_Op operation) {
    const uint64_t begun = clock_now_ns();
    char *next = values;
    for (size_t left = count; left > 0;) {
        const size_t some = left < MESSAGE_VALUES ? left : MESSAGE_VALUES;
        MPI_CHECK(MPI_Allreduce(MPI_IN_PLACE, next, (int)some, type, operation,
                                messages->session->world));
        next += some * sizeof(int64_t); /* doubles are as long */
        left -= some;
    }
    messages->seconds += clock_seconds_since(begun);
}

static void kmeans_team_sum(void *context, int64_t *values, size_t count) {
    kmeans_team_reduce(context, values, count, MPI_INT64_T, MPI_SUM);
}

static void kmeans_team_max(void *context, double *values, size_t count) {
    kmeans_team_reduce(context, values, count, MPI_DOUBLE, MPI_MAX);
}

struct plait_kmeans_team kmeans_team_make(struct kmeans_messages *messages) {
    return (struct plait_kmeans_team){.rank = messages->session->rank,
                                      .ranks = messages->session->size,
                                      .context = messages,
                                      .sum = kmeans_team_sum,
                                      .max = kmeans_team_max};
}
