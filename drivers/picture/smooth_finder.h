/* SPDX-License-Identifier: MIT
 * Smooth values or distances of rows, from their counts, some rows at a time. */
#ifndef PLAIT_DRIVERS_SMOOTH_FINDER_H
#define PLAIT_DRIVERS_SMOOTH_FINDER_H

#include "base/failure.h"
#include "base/progress_display.h"
#include "plait/distance.h"
#include "plait/smooth.h"

#include <stdbool.h>
#include <stdint.h>

struct smooth_finder {
    const struct plait_escape *escape;
    const struct plait_exec *exec;
    bool distance;                    /* what is found are distances (plait/distance.h) */
    struct plait_smooth_range range;  /* of all smooth values that were found */
    struct progress_display *display; /* shows the rows that were found; NULL: not shown */
    uint64_t done, total;             /* how many rows these are, and will be */
};

/* escape and exec stay where they are. */
struct smooth_finder smooth_finder_begin(const struct plait_escape *escape,
                                         const struct plait_exec *exec, bool distance);

/* Rows of a picture, [first, first + count), and their counts[count][width]. */
struct counted_rows {
    uint32_t first, count;
    const int32_t *counts;
};

/* Computes the counts of rows, and their parts in the same pass. */
enum plait_status smooth_compute(struct smooth_finder *finder, const struct plait_exec *exec,
                                 struct plait_row_range range, int32_t *counts, int32_t *parts);

/* Finds parts[count][cols] of the first `cols` pixels of each row, and widens the range to them. */
bool smooth_find(struct smooth_finder *finder, const struct counted_rows *rows, uint32_t cols,
                 int32_t *parts, struct failure *failure);

#endif
