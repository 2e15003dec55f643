/* SPDX-License-Identifier: MIT
 * The AVX-512 path of the escape counts, which is that of AVX2 until it has a vocabulary of
 * doubles. */
#include "../escape.h"

void plait_escape_tile_avx512(const struct plait_escape_job *job,
                              const struct plait_escape_tile *tile, int32_t *counts,
                              size_t stride) {
    plait_escape_tile_avx2(job, tile, counts, stride);
}
