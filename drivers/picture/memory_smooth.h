/* SPDX-License-Identifier: MIT
 * Smooth colours of a picture on all ranks: the owners of rows find the values, the range of all
 * of them is agreed on, and palette indices come to rank 0 as counts do. */
#ifndef PLAIT_DRIVERS_PICTURE_SMOOTH_H
#define PLAIT_DRIVERS_PICTURE_SMOOTH_H

#include "base/failure.h"
#include "image/smooth_colour.h"
#include "picture/keeper.h"

#include <stdbool.h>
#include <stdint.h>

/* Finds values, some rows at a time. All zero: nothing to free. */
struct smooth_finder {
    const struct plait_escape *escape;
    const struct plait_exec *exec;
    double *values;            /* of a few rows, 8 MiB or one row */
    struct smooth_range range; /* of all that were found */
};

/* escape and exec stay where they are. false without memory. Free with smooth_finder_end, also
 * then. */
bool smooth_finder_begin(struct smooth_finder *finder, const struct plait_escape *escape,
                         const struct plait_exec *exec);
void smooth_finder_end(struct smooth_finder *finder);

/* Finds parts[rows][cols], of the first `cols` pixels of rows [first, first + rows), from
 * counts[rows][width], and widens the range to them. */
bool smooth_find(struct smooth_finder *finder, uint32_t first, uint32_t rows, uint32_t cols,
                 const int32_t *counts, int32_t *parts, struct failure *failure);

/* Collective. Makes the range that of all ranks, and the scale for it. */
void smooth_share_range(struct smooth_finder *finder, const struct session *session,
                        struct smooth_scale *scale);

/* Bytes that smooth_colour needs on a rank for each of its rows beside the counts. */
uint64_t smooth_row_bytes(uint32_t width);

/* Collective, when the counts are gathered and rank 0 has completed the picture. *indices is on
 * rank 0 the palette indices of the whole picture, [height][width], to be freed by the caller; NULL
 * elsewhere and after a failure, which is that of all ranks. */
bool smooth_colour(struct picture_rows *rows, uint8_t **indices, struct failure *failure);

#endif
