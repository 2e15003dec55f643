/* SPDX-License-Identifier: MIT
 * From smooth values (plait/smooth.h) to palette indices, in integers: a value is a count and a
 * part in units of 2^-20. The range belongs to the whole picture, as that of counts does. */
#ifndef PLAIT_DRIVERS_SMOOTH_COLOUR_H
#define PLAIT_DRIVERS_SMOOTH_COLOUR_H

#include "image/palette.h"

#include <stddef.h>
#include <stdint.h>

enum { SMOOTH_UNIT = 1 << 20 };
#define SMOOTH_NEVER INT32_MIN /* the part of a pixel that has not escaped */

/* Indices 0 .. 254 are for pixels that escape, 255 for those that do not. */
enum { SMOOTH_INSIDE = 255 };

/* What value - count is, rounded down; SMOOTH_NEVER for INFINITY. */
void smooth_parts(const int32_t *counts, const double *values, size_t pixels, int32_t *parts);

/* Values of escaped pixels lie in [min, max]; none: min > max. In units. Ranges of other ranks
 * merge as the minimum of all min and the maximum of all max. */
struct smooth_range {
    int64_t min, max;
};

struct smooth_range smooth_range_empty(void);

/* Widens *range to some pixels. */
void smooth_range_add(struct smooth_range *range, const int32_t *counts, const int32_t *parts,
                      size_t pixels);

/* A range made ready for many pixels: index k begins at value first[k]. The index rises with the
 * logarithm of 1 + value - min, up to that of max: most values of most pictures are near the
 * least. */
struct smooth_scale {
    int64_t first[SMOOTH_INSIDE];
};

void smooth_scale_fill(struct smooth_scale *scale, const struct smooth_range *range);

/* The palette index of each pixel, all of them in the range. */
void smooth_indices(const struct smooth_scale *scale, const int32_t *counts, const int32_t *parts,
                    size_t pixels, uint8_t *indices);

/* A palette for such indices: the colours of `palette` from its first to its last, 255 of them, and
 * black. */
struct palette smooth_palette(const struct palette *palette);

#endif
