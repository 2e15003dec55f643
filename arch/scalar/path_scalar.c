/* SPDX-License-Identifier: MIT
 * The scalar path: plain C, runs everywhere, has every kernel. */
#include "../path.h"

plait_escape_tile_fn plait_escape_tile_scalar;
plait_escape_tile_fn plait_distance_tile_scalar;
plait_smooth_row_fn plait_smooth_row_scalar;
plait_deep_tile_fn plait_deep_tile_scalar;
plait_darts_hits_fn plait_darts_hits_scalar;
plait_kmeans_path_fn plait_kmeans_scalar;

const struct plait_path plait_path_scalar = {
    .name = "scalar",
    .needs = 0,
    .lanes = 1,
    .kernels =
        {
            .escape_tile = plait_escape_tile_scalar,
            .distance_tile = plait_distance_tile_scalar,
            .smooth_row = plait_smooth_row_scalar,
            .deep_tile = plait_deep_tile_scalar,
            .darts_hits = plait_darts_hits_scalar,
            .kmeans = plait_kmeans_scalar,
        },
};
