/* SPDX-License-Identifier: MIT
 * Pairs of ranks that send messages back and forth, one pair after the other. */
#ifndef PLAIT_DRIVERS_PINGPONG_PAIRS_H
#define PLAIT_DRIVERS_PINGPONG_PAIRS_H

#include "base/failure.h"
#include "messages/histogram.h"
#include "messages/pingpong_options.h"
#include "run/command.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Half round trips of one size. Smallest and largest are of batches, see messages/trips.h. */
struct pingpong_line {
    uint64_t bytes, repetitions, batch;
    double min_ns, mean_ns, max_ns;
};

enum { PINGPONG_SIZES_MAX = 64 };

struct pingpong {
    const struct run *run;
    const struct pingpong_options *options;
    bool all;          /* every pair, smallest and largest size only */
    int first, second; /* else this pair */
    int sizes;
    uint64_t bytes[PINGPONG_SIZES_MAX];
    unsigned char *buffer;
    struct pingpong_line *lines; /* [pair][size]; complete on rank 0 */
    struct histogram *batch_ns;  /* of the current size */
};

/* Steps of the subcommand. Choose pairs and sizes: too few ranks are EXIT_USAGE. */
bool pingpong_begin(struct run *run, void *state, struct failure *failure);

/* Allocates: too little memory is EXIT_USAGE. */
bool pingpong_prepare(struct run *run, void *state, struct failure *failure);

/* Times, verifies and prints all, each line as soon as it is measured; ranks that are not in a pair
 * sleep. A byte that arrived wrong is EXIT_RUN. */
bool pingpong_work(struct run *run, void *state, struct failure *failure);
void pingpong_free(void *state);

/* The two tables of all pairs. */
enum pingpong_quantity { PINGPONG_LATENCY, PINGPONG_BANDWIDTH };

/* Number of pairs, and the index of a pair; pingpong->lines has `sizes` lines for each. */
size_t pingpong_pair_count(const struct pingpong *pingpong);
size_t pingpong_pair_index(const struct pingpong *pingpong, int first, int second);

#endif
