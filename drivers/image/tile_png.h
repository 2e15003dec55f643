/* SPDX-License-Identifier: MIT
 * A small PNG in memory: a tile, or any picture whose pixels fit into two bands (png_bands.h). */
#ifndef PLAIT_DRIVERS_TILE_PNG_H
#define PLAIT_DRIVERS_TILE_PNG_H

#include "image/palette.h"
#include "image/png_bands.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The memory for one file after the other, for one thread. All zero: none, which is safe to end. */
struct tile_png {
    struct png_encoder encoder;
    struct png_bands largest, bands; /* what there is memory for; of this file */
    uint8_t *bytes;                  /* the file */
    size_t size, capacity;
};

/* false without memory. *png stays where it is. Free with tile_png_end, also then. */
bool tile_png_begin(struct tile_png *png);
void tile_png_end(struct tile_png *png);

/* Pixels of a file: writes row `row` of them to bytes[width * pixel_bytes]. */
typedef void tile_row_fn(void *context, uint32_t row, uint8_t *bytes);

/* What is in a file; at most TILE_SIDE_MAX pixels along each side. */
struct tile_pixels {
    uint32_t width, height;
    const struct palette *palette; /* a pixel is a byte, its index; NULL: three bytes of RGB */
    tile_row_fn *row;
    void *context;
};

/* Makes the file in png->bytes. false without memory. */
bool tile_png_make(struct tile_png *png, const struct tile_pixels *pixels);

#endif
