/* SPDX-License-Identifier: MIT
 * The AVX-512 path. */
#include "../cpu.h"
#include "../path.h"

plait_escape_tile_fn plait_escape_tile_avx512;
plait_escape_tile_fn plait_distance_tile_avx512;
plait_smooth_row_fn plait_smooth_row_avx512;
plait_deep_tile_fn plait_deep_tile_avx512;
plait_darts_hits_fn plait_darts_hits_avx512;
plait_kmeans_path_fn plait_kmeans_avx512;
extern const struct plait_bound plait_bound_avx512;

const struct plait_path plait_path_avx512 = {
    .name = "avx512",
    .needs = PLAIT_CPU_AVX2 | PLAIT_CPU_FMA | PLAIT_CPU_AVX512F | PLAIT_CPU_AVX512BW |
             PLAIT_CPU_AVX512DQ | PLAIT_CPU_AVX512VL,
    .lanes = 8,
    .kernels =
        {
            .escape_tile = plait_escape_tile_avx512,
            .distance_tile = plait_distance_tile_avx512,
            .smooth_row = plait_smooth_row_avx512,
            .deep_tile = plait_deep_tile_avx512,
            .darts_hits = plait_darts_hits_avx512,
            .kmeans = plait_kmeans_avx512,
        },
    .bound = &plait_bound_avx512,
};
