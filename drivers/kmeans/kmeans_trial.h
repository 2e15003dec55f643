/* SPDX-License-Identifier: MIT
 * How fast this rank finds labels: iterations of k-means over made-up points, by the path, the
 * threads and the kernels that the run will use. */
#ifndef PLAIT_DRIVERS_KMEANS_TRIAL_H
#define PLAIT_DRIVERS_KMEANS_TRIAL_H

#include "plait/exec.h"

#include <stdint.h>

/* What is labelled: enough to leave the caches nearest to a core, little enough to cost a few
 * milliseconds on fast cores. `clusters` follows from the first three arguments of
 * kmeans_trial_size alone, and so is the same on all ranks of a run. */
struct kmeans_trial_size {
    uint64_t points;   /* at least clusters */
    uint32_t clusters; /* at least 1 */
};

/* For a run with that many points per rank, columns and clusters, all at least 1. */
struct kmeans_trial_size kmeans_trial_size(uint64_t points, uint32_t dims, uint32_t clusters,
                                           const struct plait_exec *exec);

struct kmeans_trial; /* opaque */

/* Makes the points and finds their labels once. NULL without memory; end it with kmeans_trial_end.
 */
struct kmeans_trial *kmeans_trial_begin(struct kmeans_trial_size size, uint32_t dims,
                                        const struct plait_exec *exec);

/* What a part of a trial came to. */
struct kmeans_trial_part {
    double pairs;   /* points times clusters, over its iterations */
    double seconds; /* in finding their labels; 0: not known */
};

/* Iterates for that many seconds, at least once. */
struct kmeans_trial_part kmeans_trial_run(struct kmeans_trial *trial, double seconds);

/* Pairs a second over all parts, 0 if that is not known, and its standard error, a part of it, as
 * the parts differ: 0 where there is one. A rank that waits for its core now and then, because many
 * programs share it, has a large one. */
struct kmeans_trial_speed {
    double speed, error;
};
struct kmeans_trial_speed kmeans_trial_speed(const struct kmeans_trial_part *parts, int count);

void kmeans_trial_end(struct kmeans_trial *trial);

#endif
