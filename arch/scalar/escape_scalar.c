/* SPDX-License-Identifier: MIT
 * The scalar path of the escape counts: the reference, pixel by pixel. */
#include "../escape.h"

void plait_escape_tile_scalar(const struct plait_escape_job *job,
                              const struct plait_escape_tile *tile, int32_t *counts,
                              size_t stride) {
    for (uint32_t i = 0; i < tile->rows; i++)
        for (uint32_t j = 0; j < tile->cols; j++)
            counts[i * stride + j] = plait_escape_reference(job, tile->row + i, tile->col + j);
}
