/* SPDX-License-Identifier: MIT
 * From distances (plait/distance.h) to palette indices, in integers. The scale depends on the size
 * of the picture alone, not on what is seen: colours stay what they are from one zoom to the next.
 */
#ifndef PLAIT_DRIVERS_DISTANCE_COLOUR_H
#define PLAIT_DRIVERS_DISTANCE_COLOUR_H

#include "image/smooth_colour.h"
#include "plait/distance.h"

#include <stddef.h>
#include <stdint.h>

/* The index rises with the logarithm of 1 + 4 distance, in pixels of the picture, up to a quarter
 * of the mean of its sides; what is farther has the last one. So filaments are lines about a pixel
 * wide in all pictures, and the colours around them show how near they are. */
struct distance_scale {
    struct smooth_scale scale;
    int64_t most;     /* the value of the last index */
    uint32_t samples; /* of a pixel, along each side: distances are in samples */
};

/* width, height: in samples. */
void distance_scale_fill(struct distance_scale *scale, uint32_t width, uint32_t height,
                         uint32_t samples);

/* The palette index of each pixel, of a palette that smooth_palette has made, on some threads. */
void distance_indices(const struct distance_scale *scale, const int32_t *parts, size_t pixels,
                      uint8_t *indices, int threads);

#endif
