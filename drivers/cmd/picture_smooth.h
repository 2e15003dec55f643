/* SPDX-License-Identifier: MIT
 * Smooth colours of a picture on all ranks: the owners of rows find the values, the range of all
 * of them is agreed on, and palette indices come to rank 0 as counts do. */
#ifndef PLAIT_DRIVERS_PICTURE_SMOOTH_H
#define PLAIT_DRIVERS_PICTURE_SMOOTH_H

#include "cmd/picture_rows.h"
#include "core/failure.h"

#include <stdbool.h>
#include <stdint.h>

/* Bytes that a rank needs for each of its rows beside the counts. */
uint64_t smooth_row_bytes(uint32_t width);

/* Collective, when the counts are gathered and rank 0 has completed the picture. *indices is on
 * rank 0 the palette indices of the whole picture, [height][width], to be freed by the caller; NULL
 * elsewhere and after a failure, which is that of all ranks. */
bool smooth_colour(struct picture_rows *rows, uint8_t **indices, struct failure *failure);

#endif
