/* SPDX-License-Identifier: MIT
 * Runs of k-means for the tests: a case is run by the reference, or by the library on a path, some
 * threads and some ranks, and the outcomes are compared to the bit. */
#ifndef PLAIT_TESTS_KMEANS_RUNS_H
#define PLAIT_TESTS_KMEANS_RUNS_H

#include "check.h"
#include "kmeans_team.h"

#include "../../arch/kmeans_reference.h"
#include "plait/plait.h"

#include <stdio.h>

struct kmeans_case {
    struct plait_kmeans kmeans;
    uint32_t restart;
    const double *values;
    const double *given;     /* centroids that start the run, or NULL */
    const uint64_t *weights; /* of the rows, or NULL */
};

struct kmeans_outcome {
    enum plait_status status;
    double *centroids;
    int32_t *labels;
    uint64_t *counts;
    uint32_t steps;
    struct plait_kmeans_inertia inertia;
    uint64_t checksum, doubts, skipped;
};

static inline struct kmeans_outcome kmeans_outcome_of(const struct kmeans_case *c) {
    const size_t values = (size_t)c->kmeans.clusters * c->kmeans.dims;
    return (struct kmeans_outcome){
        .centroids = malloc(values * sizeof(double)),
        .labels = malloc(c->kmeans.points * sizeof(int32_t)),
        .counts = malloc(c->kmeans.clusters * sizeof(uint64_t)),
    };
}

static inline void kmeans_outcome_free(struct kmeans_outcome *outcome) {
    free(outcome->centroids);
    free(outcome->labels);
    free(outcome->counts);
}

static inline struct kmeans_outcome kmeans_by_reference(const struct kmeans_case *c) {
    const struct plait_kmeans *k = &c->kmeans;
    const uint64_t least =
        256 * (uint64_t)k->clusters > 16384 ? 256 * (uint64_t)k->clusters : 16384;
    const uint64_t sample = k->sample > 0 ? k->sample : least;
    struct kmeans_outcome outcome = kmeans_outcome_of(c);
    struct plait_kmeans_reference run = {.values = c->values,
                                         .points = k->points,
                                         .dims = k->dims,
                                         .clusters = k->clusters,
                                         .seed = k->seed,
                                         .restart = c->restart,
                                         .random = k->init == PLAIT_KMEANS_RANDOM,
                                         .given = c->given,
                                         .trials = k->trials,
                                         .sample = sample < k->points ? sample : k->points,
                                         .steps_max = k->steps_max,
                                         .changed_max = k->changed_max,
                                         .centroids = outcome.centroids,
                                         .labels = outcome.labels,
                                         .counts = outcome.counts};
    outcome.status = plait_kmeans_by_reference(&run) ? PLAIT_OK : PLAIT_E_MEMORY;
    outcome.steps = run.steps;
    outcome.inertia = (struct plait_kmeans_inertia){
        .high = run.inertia_high, .low = run.inertia_low, .scale = run.scale};
    return outcome;
}

/* Rows of rank r: uneven shares, some of them empty where there are few rows. */
static inline uint64_t kmeans_first_row(uint64_t points, int rank, int ranks) {
    return rank == ranks
               ? points
               : points * (uint64_t)rank * (uint64_t)(rank + 1) / (uint64_t)(ranks * (ranks + 1));
}

struct kmeans_job {
    const struct kmeans_case *c;
    const struct plait_exec *exec;
    struct kmeans_outcome *outcome;
};

static inline enum plait_status kmeans_iterate(const struct kmeans_case *c,
                                               struct plait_kmeans_run *run, double *centroids) {
    enum plait_status status = PLAIT_OK;
    if (!c->given)
        status = plait_kmeans_start(run, c->restart, centroids);
    if (status == PLAIT_OK)
        status = plait_kmeans_begin(run, c->given ? c->given : centroids);
    while (status == PLAIT_OK && !plait_kmeans_is_done(run))
        status = plait_kmeans_step(run);
    return status;
}

static inline void kmeans_work(void *context, const struct plait_kmeans_team *team) {
    const struct kmeans_job *job = context;
    const struct kmeans_case *c = job->c;
    struct kmeans_outcome *outcome = job->outcome;
    const uint64_t first = kmeans_first_row(c->kmeans.points, team->rank, team->ranks);
    const uint64_t end = kmeans_first_row(c->kmeans.points, team->rank + 1, team->ranks);
    const struct plait_kmeans_share share = {c->values + first * c->kmeans.dims, first, end - first,
                                             c->weights ? c->weights + first : NULL};
    const size_t values = (size_t)c->kmeans.clusters * c->kmeans.dims;
    double *centroids = malloc(values * sizeof *centroids);
    struct plait_kmeans_run *run = NULL;
    enum plait_status status =
        plait_kmeans_open(&c->kmeans, &share, team, job->exec, c->given, &run);
    if (status == PLAIT_OK)
        status = kmeans_iterate(c, run, centroids);
    if (team->rank == 0)
        outcome->status = status;
    if (status == PLAIT_OK) {
        struct plait_kmeans_result result;
        struct plait_kmeans_inertia inertia;
        plait_kmeans_get_result(run, &result);
        plait_kmeans_sum_inertia(run, &inertia);
        const uint64_t checksum = plait_kmeans_checksum(run);
        memcpy(outcome->labels + first, result.labels, share.count * sizeof *result.labels);
        if (team->rank == team->ranks - 1) { /* not 0: all ranks have the same */
            memcpy(outcome->centroids, result.centroids, values * sizeof *centroids);
            memcpy(outcome->counts, result.counts, c->kmeans.clusters * sizeof *result.counts);
            outcome->steps = result.steps;
            outcome->doubts = result.doubts;
            outcome->skipped = result.skipped;
            outcome->inertia = inertia;
            outcome->checksum = checksum;
        }
    }
    plait_kmeans_close(run);
    free(centroids);
}

static inline struct kmeans_outcome kmeans_by_library(const struct kmeans_case *c,
                                                      const struct plait_exec *exec, int ranks) {
    struct kmeans_outcome outcome = kmeans_outcome_of(c);
    struct kmeans_job job = {c, exec, &outcome};
    kmeans_team_run(ranks, kmeans_work, &job);
    return outcome;
}

static inline bool kmeans_same(const struct kmeans_case *c, const struct kmeans_outcome *a,
                               const struct kmeans_outcome *b) {
    const size_t values = (size_t)c->kmeans.clusters * c->kmeans.dims;
    bool same = a->status == b->status;
    if (same && a->status == PLAIT_OK) {
        same = a->steps == b->steps && a->inertia.high == b->inertia.high &&
               a->inertia.low == b->inertia.low && a->inertia.scale == b->inertia.scale &&
               memcmp(a->labels, b->labels, c->kmeans.points * sizeof *a->labels) == 0 &&
               memcmp(a->counts, b->counts, c->kmeans.clusters * sizeof *a->counts) == 0;
        /* Not by bytes: a zero may have either sign until it is written. */
        for (size_t k = 0; same && k < values; k++)
            same = a->centroids[k] == b->centroids[k];
    }
    return same;
}

/* The library on every path of this machine, each with some threads and ranks, equals `expected`.
 */
static inline void kmeans_check_paths(const struct kmeans_case *c,
                                      const struct kmeans_outcome *expected, const char *what) {
    static const struct {
        int threads, ranks;
    } ways[] = {{1, 1}, {2, 1}, {1, 2}, {3, 3}, {1, 7}, {7, 1}};
    static unsigned turn;
    for (size_t p = 0; p < plait_path_count(); p++) {
        const struct plait_path *path = plait_path_at(p);
        if (!plait_path_supported(path))
            continue;
        for (int k = 0; k < 3; k++) {
            const int way = k == 0 ? 0 : 1 + (int)(turn++ % 5);
            const struct plait_exec exec = {.path = path, .threads = ways[way].threads};
            struct kmeans_case copy = *c;
            copy.kmeans.bounds = (enum plait_kmeans_bounds)k;
            struct kmeans_outcome got = kmeans_by_library(&copy, &exec, ways[way].ranks);
            check_that(kmeans_same(c, expected, &got), __FILE__, __LINE__,
                       "%s: %s, bounds %d, %d threads, %d ranks, N %llu D %u k %u seed %llu: "
                       "status %d, %u "
                       "steps, expected %u",
                       what, plait_path_name(path), k, ways[way].threads, ways[way].ranks,
                       (unsigned long long)c->kmeans.points, c->kmeans.dims, c->kmeans.clusters,
                       (unsigned long long)c->kmeans.seed, got.status, got.steps, expected->steps);
            kmeans_outcome_free(&got);
        }
    }
}

#endif
