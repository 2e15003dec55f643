/* SPDX-License-Identifier: MIT
 * What rank 0 prints and reports about ranked values. */
#ifndef PLAIT_DRIVERS_RANK_REPORT_H
#define PLAIT_DRIVERS_RANK_REPORT_H

#include "messages/rank_values.h"
#include "run/command.h"

struct rank {
    const struct run *run;
    const struct rank_options *options;
    bool drawn; /* from the seed */
    struct rank_values values;
    uint64_t *positions;             /* [values.count] of this rank */
    union rank_value *listed_values; /* rank 0: the first values of all, ... */
    uint64_t *listed_positions;      /* ... and their positions */
    uint64_t listed;                 /* their number */
};

/* All values are listed up to RANK_LIST_MAX, the first RANK_LIST_SHORT of more. */
enum { RANK_LIST_MAX = 100, RANK_LIST_SHORT = 20 };

/* Collective. Gathers the values to be listed, and their positions, on rank 0. */
bool rank_gather_listed(struct rank *rank, struct failure *failure);

/* Collective. Rank 0 writes all positions into the file that --out names, as int64. */
bool rank_write(const struct rank *rank, struct failure *failure);

/* Steps of the subcommand. */
bool rank_print(const struct run *run, void *state, struct failure *failure);
void rank_report(const struct run *run, const void *state, struct report *report);

#endif
