/* SPDX-License-Identifier: MIT
 * Trials of all ranks at once, so that those of a node share its caches and memory as they will
 * later. A first one shows whether ranks differ, which most often they do not; only then a longer
 * one says by how much. */
#include "kmeans/kmeans_speeds.h"

#include "base/clock.h"
#include "base/speed_levels.h"
#include "kmeans/kmeans_trial.h"
#include "ranks/mpi_check.h"

#include <math.h>

/* Ranks whose speeds differ by no more than that part, or by no more than that many standard
 * errors, count as equally fast. */
static const double SPEED_SPREAD = 0.1, SPREAD_ERRORS = 3;
/* Iterations that are expected of a start which may have more. */
enum { EXPECTED_STEPS = 20 };
/* Multiply-adds per thread and lane from which the run may take a second: many times as long as a
 * trial. */
static const double TRIED_LANE_WORK = 0x1p33;
/* The first trial, and of the second one the least, the most, and its part of the run. Both are
 * longer than the slices of time that processes on one core take turns with; the second one has
 * parts, which show how much that and other noise matter. */
static const double FIRST_SECONDS = 10e-3, LEAST_SECONDS = 40e-3, MOST_SECONDS = 0.2;
static const double SECOND_PART = 0.05;
enum { SECOND_PARTS = 10 };

/* Points times clusters, over all iterations. */
static double kmeans_expected_pairs(const struct kmeans *kmeans) {
    const struct kmeans_options *options = kmeans->options;
    const double low = kmeans->low, high = kmeans->high;
    const double passes =
        kmeans->predicts ? 1 : fmin((double)options->max_iter, EXPECTED_STEPS) + 1;
    const double starts = kmeans->given ? 1 : (double)options->restarts;
    return (double)kmeans->points.points * (low + high) / 2 * (high - low + 1) * passes * starts;
}

static double kmeans_sum_over_ranks(const struct session *session, double value) {
    MPI_CHECK(MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_DOUBLE, MPI_SUM, session->world));
    return value;
}

/* Whether the ranks differ in a trial of that many seconds, in `count` parts. */
static bool kmeans_compare_ranks(const struct session *session, struct kmeans_trial *trial,
                                 double seconds, int count, double *speeds) {
    struct kmeans_trial_part parts[SECOND_PARTS] = {{0, 0}};
    MPI_CHECK(MPI_Barrier(session->world));
    for (int p = 0; trial && p < count; p++)
        parts[p] = kmeans_trial_run(trial, seconds / count);
    struct kmeans_trial_speed own = kmeans_trial_speed(parts, count);
    MPI_CHECK(MPI_Allgather(&own.speed, 1, MPI_DOUBLE, speeds, 1, MPI_DOUBLE, session->world));
    MPI_CHECK(MPI_Allreduce(MPI_IN_PLACE, &own.error, 1, MPI_DOUBLE, MPI_MAX, session->world));
    const double spread = fmin(fmax(SPEED_SPREAD, SPREAD_ERRORS * own.error), 1);
    return !speed_levels_find(speeds, session->size, spread);
}

bool kmeans_speeds_find(const struct kmeans *kmeans, double *speeds, double *seconds) {
    const struct session *session = kmeans->run->session;
    const struct plait_exec *exec = &kmeans->run->exec;
    const uint64_t begun = clock_now_ns();
    const uint64_t each = kmeans->points.points / (uint64_t)session->size;
    const double pairs = kmeans_expected_pairs(kmeans);
    *seconds = 0;
    if (session->size == 1 || each == 0)
        return false;
    const double lanes =
        kmeans_sum_over_ranks(session, (double)exec->threads * plait_path_lanes(exec->path));
    if (pairs * (kmeans->points.dims + 4.0) < TRIED_LANE_WORK * lanes)
        return false;
    const struct kmeans_trial_size size =
        kmeans_trial_size(each, kmeans->points.dims, kmeans->high, exec);
    struct kmeans_trial *trial = kmeans_trial_begin(size, kmeans->points.dims, exec);
    bool differ = kmeans_compare_ranks(session, trial, FIRST_SECONDS, 1, speeds);
    if (differ) {
        double all = 0;
        for (int r = 0; r < session->size; r++)
            all += speeds[r];
        const double length = fmin(fmax(SECOND_PART * pairs / all, LEAST_SECONDS), MOST_SECONDS);
        differ = kmeans_compare_ranks(session, trial, length, SECOND_PARTS, speeds);
    }
    kmeans_trial_end(trial);
    *seconds = clock_seconds_since(begun);
    return differ;
}
