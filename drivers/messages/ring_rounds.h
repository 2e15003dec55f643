/* SPDX-License-Identifier: MIT
 * The rounds of a ring. */
#ifndef PLAIT_DRIVERS_RING_ROUNDS_H
#define PLAIT_DRIVERS_RING_ROUNDS_H

#include "base/failure.h"
#include "messages/histogram.h"
#include "messages/ring_options.h"
#include "run/command.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Times of one pair of neighbours: half round trips. */
struct ring_pair {
    double median_ns, p99_ns, max_ns;
};

struct ring {
    const struct run *run;
    const struct ring_options *options;
    unsigned char *message;     /* number, checksum, payload */
    unsigned char *arrived;     /* where a message comes in: the same, but on a rank alone */
    uint64_t *received;         /* rank 0, with --debug: what each rank got in a round */
    struct histogram *round_ns; /* rank 0 */
    struct ring_pair *pairs;    /* rank 0, with --map: by first rank */
    uint64_t number;            /* rank 0: what came of it */
    int64_t wrong_hop;          /* the first that brought this rank something wrong */
};

/* Collective. Allocates the buffers; a node with too little memory is a failure of all. Free with
 * ring_free, also after a failure. */
bool ring_allocate(struct ring *ring, struct failure *failure);
void ring_free(void *state);

/* Collective. All rounds. A wrong number or payload is EXIT_RUN and names the hop. */
bool ring_run(struct ring *ring, struct failure *failure);

/* The pairs of neighbours: as many as ranks, but one for two ranks. */
int ring_pairs(const struct ring *ring);

#endif
