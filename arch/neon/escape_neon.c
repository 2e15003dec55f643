/* SPDX-License-Identifier: MIT
 * The NEON path of the escape counts, which is that of the scalar path until it has a vocabulary of
 * doubles. */
#include "../escape.h"

void plait_escape_tile_neon(const struct plait_escape_job *job,
                            const struct plait_escape_tile *tile, int32_t *counts, size_t stride) {
    plait_escape_tile_scalar(job, tile, counts, stride);
}
