/* SPDX-License-Identifier: MIT
 * Times collective operations, as OSU's benchmarks do: each rank times each call alone by its own
 * clock, and all ranks meet in a barrier between two calls. */
#ifndef PLAIT_DRIVERS_COLLECTIVES_TIME_H
#define PLAIT_DRIVERS_COLLECTIVES_TIME_H

#include "base/failure.h"
#include "cluster/collectives_operations.h"
#include "ranks/session.h"

#include <stdbool.h>
#include <stdint.h>

/* What one size has come to, on rank 0. A rank's time is the mean of its repetitions; the
 * percentiles are those of the slowest rank of each repetition. */
struct collective_line {
    uint64_t bytes, repetitions;
    double min_ns, mean_ns, max_ns; /* over the ranks */
    int slowest;                    /* the rank with max_ns */
    double p50_ns, p90_ns, p99_ns, worst_ns;
};

struct collective_timer {
    const struct session *session;
    uint64_t repeat, warmup; /* at most */
    uint64_t limit_ns;       /* for a size, about */
    bool verify;
    uint64_t *samples_ns; /* [collective_timer_samples]: of this rank, and on rank 0 as many of the
                           * slowest one */
};

/* How many samples the array holds on this rank. */
uint64_t collective_timer_samples(const struct collective_timer *timer);

/* Collective: fills, verifies, warms up, times, verifies again. EXIT_RUN on all ranks if something
 * that arrived was wrong. */
bool collective_time(const struct collective_timer *timer, struct collective_job *job,
                     struct collective_line *line, struct failure *failure);

/* The smallest of `count` ascending values that at least a fraction q (0 < q <= 1) of them does not
 * exceed. count > 0. */
uint64_t collective_quantile(const uint64_t *ascending, uint64_t count, double q);

#endif
