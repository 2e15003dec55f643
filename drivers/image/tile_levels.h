/* SPDX-License-Identifier: MIT
 * How a picture is cut into the tiles of a Deep Zoom Image: the whole picture is the last level,
 * and each level before it has half of its pixels along each side, rounded up, down to one pixel. A
 * tile has 254 x 254 pixels of its level, fewer at the right and at the bottom, and one more on
 * each side where it has a neighbour.
 *
 * Levels are counted here by steps down from the whole picture: step 0 has all pixels, and step s
 * is level `steps - s` of the format. */
#ifndef PLAIT_DRIVERS_TILE_LEVELS_H
#define PLAIT_DRIVERS_TILE_LEVELS_H

#include <stdint.h>

enum { TILE_SIDE = 254, TILE_OVERLAP = 1, TILE_SIDE_MAX = TILE_SIDE + 2 * TILE_OVERLAP };

/* The steps from a picture of width x height pixels, 1 or more, to one pixel: the number of its
 * last level. */
uint32_t tile_steps(uint32_t width, uint32_t height);

/* Pixels along a side of the level that many steps down, where the whole picture has `side`. */
uint32_t tile_level_side(uint32_t side, uint32_t step);

/* Tiles along a side of a level. */
uint32_t tile_count(uint32_t level_side);

/* Tiles of all levels. */
uint64_t tile_total(uint32_t width, uint32_t height);

/* Which tile: of the level that many steps down, counted from the left and from the top. */
struct tile_name {
    uint32_t step, column, row;
};

/* Pixels [begin, end) of a level along a side. */
struct tile_span {
    uint32_t begin, end;
};

/* Those of the tile of that index, with what it shares with its neighbours. */
struct tile_span tile_span_of(uint32_t level_side, uint32_t index);

#endif
