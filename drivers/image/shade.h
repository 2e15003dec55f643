/* SPDX-License-Identifier: MIT
 * From rows of counts to rows of colours, for the formats that are pictures. Where a pixel is many
 * samples, its colour is the mean of their light. */
#ifndef PLAIT_DRIVERS_SHADE_H
#define PLAIT_DRIVERS_SHADE_H

#include "image/srgb.h"
#include "image/writer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A pixel's channels, and one that makes four, which is a vector. */
enum { SHADE_LANES = 4 };

/* What all rows of an image are coloured by. 132 KiB. */
struct shade_tables {
    struct colour_table colours;
    uint32_t light[PALETTE_COLOURS][SHADE_LANES]; /* of the palette */
    uint64_t reciprocal;                          /* of the number of samples of a pixel */
    struct srgb_encoder encoder;
};

/* All zero: nothing to free. */
struct shade {
    const struct image *image;
    size_t columns;             /* samples in a row */
    struct shade_tables *owned; /* NULL: another shade's */
    const struct shade_tables *tables;
    uint8_t *indices; /* [columns] */
    uint8_t (*rgb)[3];
    uint32_t (*light)[SHADE_LANES]; /* sums of the rows of samples so far; NULL: one sample a pixel
                                     */
    uint32_t rows;                  /* how many these are */
};

/* Makes *shade, all zero before, ready for *image, which stays where it is. false without memory.
 * Free with shade_end, also then. */
bool shade_begin(struct shade *shade, const struct image *image);

/* The same for the image of another shade, whose tables it takes, for another thread. The other is
 * freed after it. */
bool shade_begin_like(struct shade *shade, const struct shade *other);

void shade_end(struct shade *shade);

/* The palette indices of a row of samples, the `row`th of rows, until the next call. */
const uint8_t *shade_indices(struct shade *shade, const struct image_rows *rows, uint32_t row);

/* Red, green and blue of the pixels that the `row`th of rows completes, [width], until the next
 * call; NULL if more rows of samples belong to them. Rows come in order, each once. */
const uint8_t (*shade_rgb(struct shade *shade, const struct image_rows *rows, uint32_t row))[3];

#endif
