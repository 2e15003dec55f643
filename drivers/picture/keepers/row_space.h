/* SPDX-License-Identifier: MIT
 * The memory of rows, for the keepers that have them there. */
#ifndef PLAIT_DRIVERS_ROW_SPACE_H
#define PLAIT_DRIVERS_ROW_SPACE_H

#include "picture/keepers/keeper.h"

/* What a rank needs. */
struct row_space {
    uint64_t expected;  /* rows, if all ranks are equally fast; rank 0: all that there can be */
    uint32_t images;    /* how many rows are kept for each: 1, or 2 with one that mirrors it */
    uint64_t row_bytes; /* in the end, for each row that is kept */
};

/* Collective. Sets keeper->space, from the memory that the node of each rank has. EXIT_USAGE on all
 * ranks where it does not suffice. */
bool row_space_check(struct keeper *keeper, const struct row_space *space, struct failure *failure);

/* Allocates *counts, for smooth colours *parts, and keeper->digests for keeper->space rows, or for
 * fewer, which lowers it. EXIT_USAGE if not even those that are expected have memory; the caller
 * frees what was allocated, also then. */
bool row_space_allocate(struct keeper *keeper, const struct row_space *space, int32_t **counts,
                        int32_t **parts, struct failure *failure);

#endif
