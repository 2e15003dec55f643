/* SPDX-License-Identifier: MIT
 * The AVX2 path. */
#include "../cpu.h"
#include "../path.h"

plait_escape_tile_fn plait_escape_tile_avx2;
plait_escape_tile_fn plait_distance_tile_avx2;
plait_smooth_row_fn plait_smooth_row_avx2;
plait_deep_tile_fn plait_deep_tile_avx2;
plait_darts_hits_fn plait_darts_hits_avx2;
plait_kmeans_path_fn plait_kmeans_avx2;
extern const struct plait_bound plait_bound_avx2;

const struct plait_path plait_path_avx2 = {
    .name = "avx2",
    .needs = PLAIT_CPU_AVX2 | PLAIT_CPU_FMA,
    .lanes = 4,
    .kernels =
        {
            .escape_tile = plait_escape_tile_avx2,
            .distance_tile = plait_distance_tile_avx2,
            .smooth_row = plait_smooth_row_avx2,
            .deep_tile = plait_deep_tile_avx2,
            .darts_hits = plait_darts_hits_avx2,
            .kmeans = plait_kmeans_avx2,
        },
    .bound = &plait_bound_avx2,
};
