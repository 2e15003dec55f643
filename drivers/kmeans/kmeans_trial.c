/* SPDX-License-Identifier: MIT
 * Made-up points and their iterations. Speeds are those of finding labels alone: with few points,
 * new centroids would be a larger part than in the run. */
#include "kmeans/kmeans_trial.h"

#include "base/clock.h"
#include "plait/kmeans.h"

#include <math.h>
#include <stdlib.h>

/* Values of the points: of a thread, and at most. Copies in floats have 4 bytes a value. */
enum { TRIAL_THREAD_VALUES = 1 << 19, TRIAL_VALUES_MAX = 1 << 22 };
enum { TRIAL_CLUSTERS_MAX = 1024 };
/* A device wants as much work as that many threads. */
enum { TRIAL_DEVICE_THREADS = 256 };
/* Multiply-adds of an iteration: of the smallest one, with as many points as clusters, at most; and
 * per thread and lane. */
static const double TRIAL_LEAST_WORK = 0x1p28, TRIAL_LANE_WORK = 0x1p26;

struct kmeans_trial {
    struct kmeans_trial_size size;
    double *values;
    struct plait_kmeans_run *run;
};

struct kmeans_trial_size kmeans_trial_size(uint64_t points, uint32_t dims, uint32_t clusters,
                                           const struct plait_exec *exec) {
    const double pair = dims + 4.0; /* as docs/performance-kmeans.md counts */
    double most = fmin(fmin(clusters, TRIAL_CLUSTERS_MAX), (double)points);
    most = fmin(most, floor(sqrt(TRIAL_LEAST_WORK / pair)));
    const double threads = exec->device ? TRIAL_DEVICE_THREADS : exec->threads;
    const double lanes = threads * plait_path_lanes(exec->path);
    const double values = fmin(TRIAL_THREAD_VALUES * threads, TRIAL_VALUES_MAX);
    double some = fmin((double)points, floor(values / dims));
    some = fmin(some, floor(TRIAL_LANE_WORK * lanes / (most * pair)));
    return (struct kmeans_trial_size){(uint64_t)fmax(some, most), (uint32_t)most};
}

/* From 0 to below 1: hashed, since numbers in a regular order would have many equal distances. */
static double kmeans_made_up_value(uint64_t place) {
    uint64_t word = (place + 1) * UINT64_C(0x9e3779b97f4a7c15);
    word = (word ^ word >> 32) * UINT64_C(0xd6e8feb86659fd93);
    word = (word ^ word >> 32) * UINT64_C(0xd6e8feb86659fd93);
    return (double)(word >> 11) * 0x1p-53;
}

struct kmeans_trial *kmeans_trial_begin(struct kmeans_trial_size size, uint32_t dims,
                                        const struct plait_exec *exec) {
    const uint64_t items = size.points * dims;
    struct kmeans_trial *trial = malloc(sizeof *trial);
    double *values = malloc((size_t)items * sizeof *values);
    struct plait_kmeans kmeans = plait_kmeans_default(size.points, dims, size.clusters);
    kmeans.bounds = PLAIT_KMEANS_BOUNDS_OFF; /* every iteration looks at every point */
    kmeans.steps_max = UINT32_MAX;
    struct plait_exec own = *exec;
    own.progress = NULL;
    if (!trial || !values) {
        free(trial);
        free(values);
        return NULL;
    }
    *trial = (struct kmeans_trial){.size = size, .values = values};
#pragma omp parallel for num_threads(exec->threads) schedule(static)
    for (uint64_t k = 0; k < items; k++)
        values[k] = kmeans_made_up_value(k);
    const struct plait_kmeans_share share = {values, 0, size.points, NULL};
    if (plait_kmeans_open(&kmeans, &share, NULL, &own, NULL, &trial->run) == PLAIT_OK &&
        plait_kmeans_begin(trial->run, values) == PLAIT_OK) /* the first points are centroids */
        return trial;
    kmeans_trial_end(trial);
    return NULL;
}

struct kmeans_trial_part kmeans_trial_run(struct kmeans_trial *trial, double seconds) {
    struct plait_kmeans_result result;
    plait_kmeans_get_result(trial->run, &result);
    const double before = result.label_seconds;
    const uint64_t begun = clock_now_ns();
    double steps = 0;
    do {
        if (plait_kmeans_step(trial->run) != PLAIT_OK)
            return (struct kmeans_trial_part){0, 0};
        steps++;
    } while (clock_seconds_since(begun) < seconds);
    plait_kmeans_get_result(trial->run, &result);
    return (struct kmeans_trial_part){steps * (double)trial->size.points * trial->size.clusters,
                                      result.label_seconds - before};
}

struct kmeans_trial_speed kmeans_trial_speed(const struct kmeans_trial_part *parts, int count) {
    struct kmeans_trial_part sum = {0, 0};
    double squares = 0;
    for (int p = 0; p < count; p++) {
        if (!(parts[p].seconds > 0))
            return (struct kmeans_trial_speed){0, 0};
        sum.pairs += parts[p].pairs;
        sum.seconds += parts[p].seconds;
    }
    const double speed = sum.pairs / sum.seconds;
    /* That of a ratio of sums: parts are not equally long. */
    for (int p = 0; p < count; p++) {
        const double rest = parts[p].pairs - speed * parts[p].seconds;
        squares += rest * rest;
    }
    const double error = count > 1 ? sqrt(squares * count / (count - 1)) / sum.pairs : 0;
    return (struct kmeans_trial_speed){speed, error};
}

void kmeans_trial_end(struct kmeans_trial *trial) {
    if (!trial)
        return;
    plait_kmeans_close(trial->run);
    free(trial->values);
    free(trial);
}
