/* SPDX-License-Identifier: MIT
 * The rounds of a ring. */
#ifndef PLAIT_DRIVERS_RING_ROUNDS_H
#define PLAIT_DRIVERS_RING_ROUNDS_H

#include "base/failure.h"
#include "base/placement.h"
#include "messages/histogram.h"
#include "ranks/session.h"
#include "run/run_options.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A message, and what two of them take, must fit MPI's counts. */
enum { RING_SIZE_MAX = 1 << 30 };

struct ring_options {
    uint64_t count, start, size;
    bool debug, map;
    struct run_options run;
};

/* Times of one pair of neighbours: half round trips. */
struct ring_pair {
    double median_ns, p99_ns, max_ns;
};

struct ring {
    const struct session *session;
    const struct ring_options *options;
    struct placement *placements; /* rank 0, in rank order */
    unsigned char *message;       /* number, checksum, payload */
    unsigned char *arrived;       /* where a message comes in: the same, but on a rank alone */
    uint64_t *received;           /* rank 0, with --debug: what each rank got in a round */
    struct histogram *round_ns;   /* rank 0 */
    struct ring_pair *pairs;      /* rank 0, with --map: by first rank */
    uint64_t number;              /* rank 0: what came of it */
    int64_t wrong_hop;            /* the first that brought this rank something wrong */
    double total_seconds;
};

/* Collective. Makes room; a node with too little memory is a failure of all. Free with ring_end,
 * also after a failure. */
bool ring_begin(struct ring *ring, struct failure *failure);
void ring_end(struct ring *ring);

/* Collective. All rounds. A wrong number or payload is EXIT_RUN and names the hop. */
bool ring_run(struct ring *ring, struct failure *failure);

/* The pairs of neighbours: as many as ranks, but one for two ranks. */
int ring_pairs(const struct ring *ring);

#endif
