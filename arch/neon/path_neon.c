/* SPDX-License-Identifier: MIT
 * The NEON path. */
#include "../cpu.h"
#include "../path.h"

plait_escape_tile_fn plait_escape_tile_neon;
plait_escape_tile_fn plait_distance_tile_neon;
plait_smooth_row_fn plait_smooth_row_neon;
plait_deep_tile_fn plait_deep_tile_neon;
plait_darts_hits_fn plait_darts_hits_neon;
plait_kmeans_path_fn plait_kmeans_neon;
extern const struct plait_bound plait_bound_neon;

const struct plait_path plait_path_neon = {
    .name = "neon",
    .needs = PLAIT_CPU_NEON,
    .lanes = 2,
    .kernels =
        {
            .escape_tile = plait_escape_tile_neon,
            .distance_tile = plait_distance_tile_neon,
            .smooth_row = plait_smooth_row_neon,
            .deep_tile = plait_deep_tile_neon,
            .darts_hits = plait_darts_hits_neon,
            .kmeans = plait_kmeans_neon,
        },
    .bound = &plait_bound_neon,
};
