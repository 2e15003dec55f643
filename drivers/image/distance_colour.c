/* SPDX-License-Identifier: MIT
 * Maps distances to palette indices, by the scale of smooth values. */
#include "image/distance_colour.h"

/* Of a part in units of the scale, in which 1 is a quarter of a pixel. */
enum { FACTOR = 4 * PLAIT_SMOOTH_UNIT / PLAIT_DISTANCE_UNIT };

void distance_scale_fill(struct distance_scale *scale, uint32_t width, uint32_t height,
                         uint32_t samples) {
    const int64_t sides = (int64_t)width + height;
    scale->most = sides * (PLAIT_SMOOTH_UNIT / 2) / samples;
    scale->samples = samples;
    smooth_scale_fill(&scale->scale, &(struct plait_smooth_range){0, scale->most});
}

void distance_indices(const struct distance_scale *scale, const int32_t *parts, size_t pixels,
                      uint8_t *indices, int threads) {
#pragma omp parallel for num_threads(threads) schedule(static) if (threads > 1)
    for (size_t k = 0; k < pixels; k++) {
        const int64_t value = (int64_t)parts[k] * FACTOR / scale->samples;
        indices[k] = parts[k] == PLAIT_DISTANCE_NEVER
                         ? SMOOTH_INSIDE
                         : smooth_index(&scale->scale, value < scale->most ? value : scale->most);
    }
}
