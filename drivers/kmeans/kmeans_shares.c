/* SPDX-License-Identifier: MIT
 * Equal shares and those by speed. */
#include "kmeans/kmeans_shares.h"

#include "base/decompose.h"
#include "base/schedule.h"
#include "kmeans/kmeans_speeds.h"
#include "ranks/agree.h"
#include "ranks/message_buffer.h"
#include "ranks/mpi_check.h"

#include <inttypes.h>
#include <stdlib.h>

/* Takes shares in proportion to speeds[ranks], as the schedule `weighted` has them. */
static bool kmeans_shares_by_speed(struct kmeans_points *points, const double *speeds, int ranks) {
    struct schedule schedule;
    if (!schedule_begin(&schedule, SCHEDULE_WEIGHTED, points->points, ranks))
        return false;
    schedule_weigh(&schedule, speeds);
    for (int r = 0; r < ranks; r++)
        points->shares[r] = schedule_share(&schedule, r);
    schedule_end(&schedule);
    return true;
}

static void kmeans_shares_equal(struct kmeans_points *points, int ranks) {
    for (int r = 0; r < ranks; r++)
        points->shares[r] = decompose_block(points->points, (uint64_t)ranks, (uint64_t)r);
}

/* Collective: whether no rank gets more points than it can take, and no node than it has memory
 * for. */
static bool kmeans_shares_fit(struct kmeans *kmeans) {
    const struct session *session = kmeans->run->session;
    kmeans_points_take_share(&kmeans->points, session);
    const struct node_memory memory = node_memory_of(session, kmeans_needed_bytes(kmeans));
    int fits =
        memory.needed <= memory.available && kmeans->points.share.count <= PLAIT_KMEANS_SHARE_MAX;
    MPI_CHECK(MPI_Allreduce(MPI_IN_PLACE, &fits, 1, MPI_INT, MPI_MIN, session->world));
    return fits;
}

/* Collective. Rank 0's shares count: ranks of other processors may round otherwise. */
static void kmeans_shares_try(struct kmeans *kmeans, double *speeds) {
    struct kmeans_points *points = &kmeans->points;
    const struct session *session = kmeans->run->session;
    const int ranks = session->size;
    if (kmeans->options->schedule == KMEANS_SCHEDULE_BLOCK ||
        !kmeans_speeds_find(kmeans, speeds, &kmeans->seconds.trial))
        return;
    if (session_is_root(session) && !kmeans_shares_by_speed(points, speeds, ranks))
        kmeans_shares_equal(points, ranks);
    MPI_CHECK(MPI_Bcast(points->shares, ranks, MPI_UINT64_T, ROOT, session->world));
    if (kmeans_shares_fit(kmeans))
        return;
    kmeans_shares_equal(points, ranks);
    kmeans_points_take_share(points, session);
}

bool kmeans_shares_find(struct kmeans *kmeans, struct failure *failure) {
    struct kmeans_points *points = &kmeans->points;
    const struct session *session = kmeans->run->session;
    double *speeds = malloc((size_t)session->size * sizeof *speeds);
    points->shares = malloc((size_t)session->size * sizeof *points->shares);
    if (!speeds || !points->shares)
        failure_set(failure, EXIT_RUN, "out of memory");
    bool good = agree(session, failure);
    if (good) {
        kmeans_shares_equal(points, session->size);
        kmeans_points_take_share(points, session);
        if (points->share.count > PLAIT_KMEANS_SHARE_MAX)
            failure_set(failure, EXIT_USAGE,
                        "'%s' has %" PRIu64 " points for %d rank%s: a rank takes 2^31, start more",
                        points->path, points->points, session->size, session->size == 1 ? "" : "s");
        good = agree(session, failure);
    }
    if (good) {
        memory_check(session, kmeans_needed_bytes(kmeans), "the points", failure);
        good = agree(session, failure);
    }
    if (good)
        kmeans_shares_try(kmeans, speeds);
    free(speeds);
    return good && kmeans_points_place(points, session, failure);
}
