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
    unsigned char *arrived;     /* receive buffer: the same as message, except on a single rank */
    uint64_t *received;         /* rank 0, with --debug: what each rank got in a round */
    struct histogram *round_ns; /* rank 0 */
    struct ring_pair *pairs;    /* rank 0, with --map: by first rank */
    uint64_t number;            /* rank 0: the final number */
    int64_t wrong_hop;          /* the first on which this rank received something wrong */
};

/* Collective. Allocates the buffers; too little memory on a node is a failure of all ranks. Free
 * with ring_free, also after a failure. */
bool ring_allocate(struct ring *ring, struct failure *failure);
void ring_free(void *state);

/* Collective. All rounds. A wrong number or payload is EXIT_RUN and names the hop. */
bool ring_run(struct ring *ring, struct failure *failure);

/* The number of pairs of neighbours: that of the ranks, but one for two ranks. */
int ring_pair_count(const struct ring *ring);

#endif
