/* SPDX-License-Identifier: MIT
 * Pairs of ranks that send messages to and fro, one pair after the other. */
#ifndef PLAIT_DRIVERS_PINGPONG_PAIRS_H
#define PLAIT_DRIVERS_PINGPONG_PAIRS_H

#include "base/failure.h"
#include "base/placement.h"
#include "ranks/session.h"
#include "run/run_options.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pingpong_options {
    uint64_t size, repeat;
    double limit;      /* seconds for each size */
    const char *pairs; /* "0,1" or "all" */
    const char *plot;  /* NULL: no plots */
    struct run_options run;
};

/* Half round trips of one size. Smallest and largest are of batches, see messages/trips.h. */
struct pingpong_line {
    uint64_t bytes, repetitions, batch;
    double min_ns, mean_ns, max_ns;
};

enum { PINGPONG_SIZES_MAX = 64 };

struct pingpong {
    const struct session *session;
    const struct pingpong_options *options;
    struct placement *placements; /* rank 0, in rank order */
    bool all;                     /* every pair, smallest and largest size only */
    int first, second;            /* else this pair */
    int sizes;
    uint64_t bytes[PINGPONG_SIZES_MAX];
    unsigned char *buffer;
    struct pingpong_line *lines; /* [pair][size]; complete on rank 0 */
    double total_seconds;
};

/* The check of --pairs, without knowing how many ranks there are. */
bool pingpong_check_pairs(const char *text, struct failure *failure);

/* Collective. Which pairs and sizes; makes room. Too few ranks or memory are EXIT_USAGE. Free with
 * pingpong_end, also after a failure. */
bool pingpong_begin(struct pingpong *pingpong, struct failure *failure);
void pingpong_end(struct pingpong *pingpong);

/* Collective. Times and verifies all; ranks that are not in a pair sleep. A byte that arrived wrong
 * is EXIT_RUN. */
bool pingpong_run(struct pingpong *pingpong, struct failure *failure);

/* Number of pairs, and the place of a pair in pingpong->lines, in pairs. */
size_t pingpong_pairs(const struct pingpong *pingpong);
size_t pingpong_pair_at(const struct pingpong *pingpong, int first, int second);

#endif
