/* SPDX-License-Identifier: MIT
 * Smooth colours of a picture in memory, on all ranks: the owners of rows have found the values
 * with the counts, the range of all of them is agreed on, and palette indices go to rank 0 as
 * counts do.
 */
#ifndef PLAIT_DRIVERS_MEMORY_SMOOTH_H
#define PLAIT_DRIVERS_MEMORY_SMOOTH_H

#include "base/failure.h"
#include "picture/colouring.h"
#include "picture/keepers/rows_gather.h"
#include "picture/row_work.h"

#include <stdbool.h>
#include <stdint.h>

/* Bytes that a rank needs for smooth colours for each of its rows, in addition to the counts: parts
 * and indices. */
uint64_t memory_smooth_row_bytes(uint32_t width);

/* Rows of a picture whose counts are gathered, and which rank 0 has completed. */
struct smooth_rows {
    const struct row_work *work;
    const struct rank_rows *own;    /* the rows of this rank */
    const struct unit_set *resumed; /* rank 0: those of them whose values are to be found */
    const int32_t *counts; /* rank 0: of the whole picture; elsewhere: of its rows, one piece after
                            * the other */
    int32_t *parts;        /* likewise, of the rows of this rank */
    struct colouring *colouring;
    struct progress_display *display; /* NULL: progress is not shown */
};

/* Collective. *indices is on rank 0 the palette indices of the whole picture, [height][width], to
 * be freed by the caller; NULL elsewhere and after a failure, which is that of all ranks. */
bool memory_smooth(const struct smooth_rows *rows, uint8_t **indices, struct failure *failure);

#endif
