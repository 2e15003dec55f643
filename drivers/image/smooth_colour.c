/* SPDX-License-Identifier: MIT
 * Maps smooth values to palette indices. */
#include "image/smooth_colour.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

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
    return log2_of((uint64_t)offset + PLAIT_SMOOTH_UNIT) - log2_of(PLAIT_SMOOTH_UNIT);
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

/* The number of a guess for an offset: exponent and leading bits of 1 + offset as a double, which
 * holds it exactly. */
static size_t guess_of(int64_t offset) {
    const double a = (double)(offset + PLAIT_SMOOTH_UNIT), one = PLAIT_SMOOTH_UNIT;
    uint64_t bits, bits_of_one;
    memcpy(&bits, &a, sizeof bits);
    memcpy(&bits_of_one, &one, sizeof bits_of_one);
    return (size_t)((bits - bits_of_one) >> (52 - SMOOTH_GUESS_BITS));
}

/* The least offset of a guess. */
static int64_t offset_of(size_t guess) {
    const int exponent = (int)(guess >> SMOOTH_GUESS_BITS);
    const int64_t leading = (int64_t)guess % (1 << SMOOTH_GUESS_BITS) + (1 << SMOOTH_GUESS_BITS);
    return leading * ((int64_t)PLAIT_SMOOTH_UNIT >> SMOOTH_GUESS_BITS << exponent) -
           PLAIT_SMOOTH_UNIT;
}

/* The last index from `index` on that begins at the value or before. */
static uint8_t index_from(const struct smooth_scale *scale, uint8_t index, int64_t value) {
    while (scale->first[index + 1] <= value)
        index++;
    return index;
}

/* Index k is floor(255 height / (largest height + 1)) and begins where that reaches k. */
void smooth_scale_fill(struct smooth_scale *scale, const struct plait_smooth_range *range) {
    const bool empty = range->min > range->max;
    const int64_t min = empty ? 0 : range->min, span = empty ? 0 : range->max - range->min;
    const uint64_t heights = height_of(span) + 1;
    scale->min = min;
    scale->cycle = 0;
    for (uint64_t k = 0; k < SMOOTH_INSIDE; k++) {
        const uint64_t height = (k * heights + SMOOTH_INSIDE - 1) / SMOOTH_INSIDE;
        scale->first[k] = height < heights ? min + offset_at(height, 0, span) : INT64_MAX;
    }
    scale->first[SMOOTH_INSIDE] = INT64_MAX;
    uint8_t index = 0;
    for (size_t guess = 0; guess <= guess_of(span); guess++) {
        index = index_from(scale, index, min + offset_of(guess));
        scale->guess[guess] = index;
    }
}

void smooth_scale_repeat(struct smooth_scale *scale, uint32_t cycle) {
    scale->cycle = (int64_t)cycle * PLAIT_SMOOTH_UNIT;
}

/* Values near 0 may be negative. */
static uint8_t cyclic_smooth_index(int64_t cycle, int64_t value) {
    const int64_t rest = value % cycle;
    return (uint8_t)((rest < 0 ? rest + cycle : rest) * SMOOTH_INSIDE / cycle);
}

/* Its guess, or one of the next, since a guess is rarely wider. */
uint8_t smooth_index(const struct smooth_scale *scale, int64_t value) {
    if (scale->cycle > 0)
        return cyclic_smooth_index(scale->cycle, value);
    return index_from(scale, scale->guess[guess_of(value - scale->min)], value);
}

void smooth_indices(const struct smooth_scale *scale, const int32_t *counts, const int32_t *parts,
                    size_t pixels, uint8_t *indices, int threads) {
#pragma omp parallel for num_threads(threads) schedule(static) if (threads > 1)
    for (size_t k = 0; k < pixels; k++) {
        const int64_t value = (int64_t)counts[k] * PLAIT_SMOOTH_UNIT + parts[k];
        indices[k] = parts[k] == PLAIT_SMOOTH_NEVER ? SMOOTH_INSIDE : smooth_index(scale, value);
    }
}

void grey_scale_fill(struct grey_scale *scale, const struct plait_smooth_range *range) {
    const bool empty = range->min > range->max;
    scale->min = empty ? 0 : range->min;
    scale->heights = height_of(empty ? 0 : range->max - range->min) + 1;
}

/* A value times the unit is exact: a power of two. */
void grey_scale_row(const struct grey_scale *scale, const double *values, size_t pixels,
                    uint8_t *bytes) {
    enum { LEVELS = 65535 };
    for (size_t k = 0; k < pixels; k++, bytes += 2) {
        uint64_t grey = 0;
        if (values[k] < INFINITY) {
            const int64_t value = (int64_t)floor(values[k] * PLAIT_SMOOTH_UNIT);
            grey = 1 + LEVELS * height_of(value - scale->min) / scale->heights;
        }
        bytes[0] = (uint8_t)(grey >> 8);
        bytes[1] = (uint8_t)(grey & 255);
    }
}

struct palette smooth_palette(const struct palette *palette) {
    struct palette resampled = {.name = palette->name};
    for (size_t k = 0; k < SMOOTH_INSIDE; k++)
        memcpy(resampled.rgb[k], palette->rgb[(k * 255 + 127) / 254], 3);
    return resampled;
}

/* The largest difference of a channel. */
static int colour_step(const uint8_t a[3], const uint8_t b[3]) {
    int step = 0;
    for (int channel = 0; channel < 3; channel++) {
        const int apart = abs(a[channel] - b[channel]);
        step = apart > step ? apart : step;
    }
    return step;
}

struct palette cyclic_palette(const struct palette *palette) {
    struct palette resampled = {.name = palette->name};
    int largest = 0;
    for (size_t k = 1; k < PALETTE_COLOURS; k++) {
        const int step = colour_step(palette->rgb[k - 1], palette->rgb[k]);
        largest = step > largest ? step : largest;
    }
    const bool closed = colour_step(palette->rgb[PALETTE_COLOURS - 1], palette->rgb[0]) <= largest;
    for (size_t k = 0; k < SMOOTH_INSIDE; k++) {
        const size_t back = SMOOTH_INSIDE - k, near = k < back ? k : back; /* 0 .. 127 */
        const size_t from =
            closed ? (k * PALETTE_COLOURS + 127) / SMOOTH_INSIDE : (near * 510 + 127) / 254;
        memcpy(resampled.rgb[k], palette->rgb[from], 3);
    }
    return resampled;
}
