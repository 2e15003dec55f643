/* SPDX-License-Identifier: MIT
 * The arithmetic of levels and tiles. */
#include "image/tile_levels.h"

uint32_t tile_steps(uint32_t width, uint32_t height) {
    uint32_t steps = 0;
    while (tile_level_side(width, steps) > 1 || tile_level_side(height, steps) > 1)
        steps++;
    return steps;
}

uint32_t tile_level_side(uint32_t side, uint32_t step) {
    return (uint32_t)(((uint64_t)side + (UINT64_C(1) << step) - 1) >> step);
}

uint32_t tile_count(uint32_t level_side) {
    return (level_side + TILE_SIDE - 1) / TILE_SIDE;
}

uint64_t tile_total(uint32_t width, uint32_t height) {
    uint64_t total = 0;
    for (uint32_t step = 0; step <= tile_steps(width, height); step++)
        total += (uint64_t)tile_count(tile_level_side(width, step)) *
                 tile_count(tile_level_side(height, step));
    return total;
}

struct tile_span tile_span_of(uint32_t level_side, uint32_t index) {
    const uint32_t begin = index * TILE_SIDE, end = begin + TILE_SIDE + TILE_OVERLAP;
    return (struct tile_span){
        .begin = index > 0 ? begin - TILE_OVERLAP : begin,
        .end = end < level_side ? end : level_side,
    };
}
