/* SPDX-License-Identifier: MIT
 * From smooth values (plait/smooth.h) to palette indices, in integers: a value is a count and a
 * part. The range belongs to the whole picture, as that of counts does. */
#ifndef PLAIT_DRIVERS_SMOOTH_COLOUR_H
#define PLAIT_DRIVERS_SMOOTH_COLOUR_H

#include "image/palette.h"
#include "plait/smooth.h"

#include <stddef.h>
#include <stdint.h>

/* Indices 0 .. 254 are for pixels that escape, 255 for those that do not. */
enum { SMOOTH_INSIDE = 255 };

/* 1 + value - min is 2^0 to 2^32, and has that many leading bits after its first. */
enum { SMOOTH_GUESS_BITS = 8, SMOOTH_GUESSES = 33 << SMOOTH_GUESS_BITS };

/* A range made ready for many pixels: index k begins at value first[k]. The index rises with the
 * logarithm of 1 + value - min, up to that of max: most values of most pictures are near the
 * least. */
struct smooth_scale {
    int64_t min;
    int64_t first[SMOOTH_INSIDE + 1]; /* and one that no value reaches */
    uint8_t guess[SMOOTH_GUESSES];    /* by the leading bits of 1 + value - min: the index of the
                                       * least value that has them */
};

void smooth_scale_fill(struct smooth_scale *scale, const struct plait_smooth_range *range);

/* The palette index of each pixel, all of them in the range, on some threads. */
void smooth_indices(const struct smooth_scale *scale, const int32_t *counts, const int32_t *parts,
                    size_t pixels, uint8_t *indices, int threads);

/* The index of one value. */
uint8_t smooth_index(const struct smooth_scale *scale, int64_t value);

/* A palette for such indices: the colours of `palette` from its first to its last, 255 of them, and
 * black. */
struct palette smooth_palette(const struct palette *palette);

#endif
