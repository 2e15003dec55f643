/* SPDX-License-Identifier: MIT
 * From the pixels of one level to the tiles of that level and of some below it, block by block.
 *
 * A pixel of a level that is s steps down is the mean of the light of the up to 2^s x 2^s pixels of
 * the whole picture that lie in it, to the nearest. Sums of light are integers, so that a tile is
 * the same whoever makes it, in however many pieces.
 *
 * A block is 2^depth tiles wide and high; from its pixels, with 2^depth more on each side, follow
 * its tiles on the levels 0 ... depth steps further down. What it is on the next level, sums of
 * light of 127 x 127 pixels, is where the next levels begin. */
#ifndef PLAIT_DRIVERS_TILE_BLOCK_H
#define PLAIT_DRIVERS_TILE_BLOCK_H

#include "base/failure.h"
#include "image/palette.h"
#include "image/srgb.h"
#include "image/tile_levels.h"
#include "image/tile_png.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TILE_DEPTH_MAX = 2 };

/* Sums of the light of red, green and blue (image/srgb.h): below 2^16 times the pixels of the
 * picture, of which there are fewer than 2^41. */
struct tile_light {
    uint64_t channel[3];
};

/* What a pixel is of. */
enum tile_source { TILE_OF_INDICES, TILE_OF_RGB, TILE_OF_LIGHT };

/* Bytes of a pixel. */
size_t tile_pixel_bytes(enum tile_source source);

/* What all blocks of a picture need. */
struct tile_picture {
    uint32_t width, height;        /* of the whole picture, in pixels */
    const struct palette *palette; /* of indices */
    uint32_t light[PALETTE_COLOURS][3];
    struct srgb_encoder encoder; /* 64 KiB */
};

void tile_picture_begin(struct tile_picture *picture, uint32_t width, uint32_t height,
                        const struct palette *palette);

/* Rows of a level: those of a row of blocks, with 2^depth rows above and below where there are
 * some.
 */
struct tile_strip {
    const struct tile_picture *picture;
    uint32_t step;  /* of the level */
    uint32_t depth; /* at most TILE_DEPTH_MAX */
    uint32_t index; /* of the row of blocks */
    enum tile_source source;
    const void *pixels;      /* [rows of tile_strip_rows][width of the level] */
    struct tile_light *sums; /* of the level depth + 1 further down, [rows of tile_strip_sums][width
                              * of that level], to fill; NULL: there is none */
};

/* Rows of blocks of a level, and blocks in each. */
uint32_t tile_strips(uint32_t level_height, uint32_t depth);
uint32_t tile_blocks(uint32_t level_width, uint32_t depth);

/* The rows of the level that a strip has; and of the level after it that it makes. */
struct tile_span tile_strip_rows(uint32_t level_height, uint32_t depth, uint32_t index);
struct tile_span tile_strip_sums(uint32_t level_height, uint32_t depth, uint32_t index);

/* Where finished tiles go; called on the thread that made them. false: it has set the failure. */
struct tile_sink {
    bool (*put)(void *context, const struct tile_name *name, const struct tile_png *png,
                struct failure *failure);
    void *context;
};

/* The memory of one thread. All zero: none, which is safe to end. */
struct tile_painter {
    struct tile_png png;
    struct tile_light *lights[TILE_DEPTH_MAX]; /* of a block, 1 and more steps down */
};

/* What it takes at most. */
uint64_t tile_painter_bytes(uint32_t depth);

/* false without memory. *painter stays where it is. Free with tile_painter_end, also then. */
bool tile_painter_begin(struct tile_painter *painter, uint32_t depth);
void tile_painter_end(struct tile_painter *painter);

/* Makes the tiles of the block of that index, from the left, and its part of the strip's sums. */
bool tile_block_paint(struct tile_painter *painter, const struct tile_strip *strip, uint32_t block,
                      const struct tile_sink *sink, struct failure *failure);

#endif
