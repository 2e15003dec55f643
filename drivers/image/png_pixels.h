/* SPDX-License-Identifier: MIT
 * Writes a PNG of any pixels, row by row from the top: grey or RGB, with opacity or without, of 8
 * or 16 bits. Pictures in the colours of a palette are image/writer.h's. */
#ifndef PLAIT_DRIVERS_PNG_PIXELS_H
#define PLAIT_DRIVERS_PNG_PIXELS_H

#include "base/failure.h"

#include <stdbool.h>
#include <stdint.h>

struct png_pixels;

/* A picture before its pixels. */
struct png_shape {
    uint32_t width, height;
    unsigned channels; /* 1 grey, 2 grey and opacity, 3 RGB, 4 RGB and opacity */
    bool deep;         /* 16 bits each, else 8 */
};

/* Starts to write to `path`. NULL with EXIT_RUN on failure. The caller ends it by png_pixels_close
 * or png_pixels_abandon. */
struct png_pixels *png_pixels_open(const char *path, const struct png_shape *shape,
                                   struct failure *failure);

/* Writes the next row: values[width][channels], below 256 if it is not deep. EXIT_RUN on failure.
 */
bool png_pixels_put(struct png_pixels *pixels, const uint16_t *values, struct failure *failure);

/* Puts the file in its place when all rows are written, and frees *pixels in any case; on failure
 * (EXIT_RUN) the file is what it was before. */
bool png_pixels_close(struct png_pixels *pixels, struct failure *failure);

/* Leaves the file what it was before and frees *pixels. NULL is allowed. */
void png_pixels_abandon(struct png_pixels *pixels);

#endif
