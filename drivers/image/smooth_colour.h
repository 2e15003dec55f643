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
    int64_t
        cycle; /* instead: indices 0 .. 254 are for values from 0 to this one, and so on; 0: not */
    int64_t min;
    int64_t first[SMOOTH_INSIDE + 1]; /* and one that no value reaches */
    uint8_t guess[SMOOTH_GUESSES];    /* by the leading bits of 1 + value - min: the index of the
                                       * least value that has them */
};

void smooth_scale_fill(struct smooth_scale *scale, const struct plait_smooth_range *range);

/* Makes colours repeat after every `cycle` counts, whatever the range. */
void smooth_scale_repeat(struct smooth_scale *scale, uint32_t cycle);

/* The palette index of each pixel, all of them in the range unless colours repeat, on some threads.
 */
void smooth_indices(const struct smooth_scale *scale, const int32_t *counts, const int32_t *parts,
                    size_t pixels, uint8_t *indices, int threads);

/* The index of one value. */
uint8_t smooth_index(const struct smooth_scale *scale, int64_t value);

/* The same with 65535 levels, and 0 for pixels that do not escape: the grey of a value is 1 +
 * floor(65535 height / (largest height + 1)). */
struct grey_scale {
    int64_t min;
    uint64_t heights; /* of all values in the range, in units of 2^-24 */
};

void grey_scale_fill(struct grey_scale *scale, const struct plait_smooth_range *range);

/* The greys of values of which those that do not escape are infinite, two bytes each, the higher
 * one first. */
void grey_scale_row(const struct grey_scale *scale, const double *values, size_t pixels,
                    uint8_t *bytes);

/* A palette for such indices: the colours of `palette` from its first to its last, 255 of them, and
 * black. */
struct palette smooth_palette(const struct palette *palette);

/* The same where colours repeat, 255 of them in a pass, without an edge between two passes: through
 * all colours and on with the first if the step from the last to the first is no larger than the
 * largest between neighbours, else there and back. A step is the largest difference of a channel.
 */
struct palette cyclic_palette(const struct palette *palette);

#endif
