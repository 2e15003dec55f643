/* SPDX-License-Identifier: MIT
 * Maps smooth values to palette indices. */
#include "image/smooth_colour.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

void smooth_parts(const int32_t *counts, const double *values, size_t pixels, int32_t *parts) {
    for (size_t k = 0; k < pixels; k++)
        parts[k] = values[k] < INFINITY ? (int32_t)floor((values[k] - counts[k]) * SMOOTH_UNIT)
                                        : SMOOTH_NEVER;
}

struct smooth_range smooth_range_empty(void) {
    return (struct smooth_range){.min = INT64_MAX, .max = INT64_MIN};
}

static int64_t smooth_colour_value_of(int32_t count, int32_t part) {
    return (int64_t)count * SMOOTH_UNIT + part;
}

void smooth_range_add(struct smooth_range *range, const int32_t *counts, const int32_t *parts,
                      size_t pixels) {
    for (size_t k = 0; k < pixels; k++) {
        if (parts[k] == SMOOTH_NEVER)
            continue;
        const int64_t value = smooth_colour_value_of(counts[k], parts[k]);
        range->min = value < range->min ? value : range->min;
        range->max = value > range->max ? value : range->max;
    }
}

/* log2(a), a >= 1, in units of 2^-24: each squaring of the mantissa brings a bit to light. Rounded
 * down all the way, so never falling. */
static uint64_t log2_of(uint64_t a) {
    enum { BITS = 24 };
    uint64_t result = 63;
    for (; a >> 63 == 0; a <<= 1)
        result--;
    uint64_t mantissa = a >> 32; /* 2^31 stands for 1 */
    for (int k = 0; k < BITS; k++) {
        mantissa = mantissa * mantissa >> 31;
        const uint64_t bit = mantissa >> 32;
        mantissa >>= bit;
        result = 2 * result + bit;
    }
    return result;
}

/* Of 1 + offset, offset in units. */
static uint64_t height_of(int64_t offset) {
    return log2_of((uint64_t)offset + SMOOTH_UNIT) - log2_of(SMOOTH_UNIT);
}

/* The least offset in [low, high] that is at least `height` high; high is. */
static int64_t offset_at(uint64_t height, int64_t low, int64_t high) {
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (height_of(middle) >= height)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* Index k is floor(255 height / (largest height + 1)) and begins where that reaches k. */
void smooth_scale_fill(struct smooth_scale *scale, const struct smooth_range *range) {
    const bool empty = range->min > range->max;
    const int64_t min = empty ? 0 : range->min, span = empty ? 0 : range->max - range->min;
    const uint64_t heights = height_of(span) + 1;
    for (uint64_t k = 0; k < SMOOTH_INSIDE; k++) {
        const uint64_t height = (k * heights + SMOOTH_INSIDE - 1) / SMOOTH_INSIDE;
        scale->first[k] = height < heights ? min + offset_at(height, 0, span) : INT64_MAX;
    }
}

/* The last index that begins at the value or before. */
static uint8_t smooth_colour_index_of(const struct smooth_scale *scale, int64_t value) {
    int low = 0, high = SMOOTH_INSIDE - 1;
    while (low < high) {
        const int middle = (low + high + 1) / 2;
        if (scale->first[middle] <= value)
            low = middle;
        else
            high = middle - 1;
    }
    return (uint8_t)low;
}

void smooth_indices(const struct smooth_scale *scale, const int32_t *counts, const int32_t *parts,
                    size_t pixels, uint8_t *indices) {
    for (size_t k = 0; k < pixels; k++)
        indices[k] =
            parts[k] == SMOOTH_NEVER
                ? SMOOTH_INSIDE
                : smooth_colour_index_of(scale, smooth_colour_value_of(counts[k], parts[k]));
}

struct palette smooth_palette(const struct palette *palette) {
    struct palette resampled = {.name = palette->name};
    for (size_t k = 0; k < SMOOTH_INSIDE; k++)
        memcpy(resampled.rgb[k], palette->rgb[(k * 255 + 127) / 254], 3);
    return resampled;
}
