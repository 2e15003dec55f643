/* SPDX-License-Identifier: MIT
 * Smooth values in plain C, for every path: the compiler makes its vectors of the loops over lanes.
 * A path defines SMOOTH_ROW, the function's name, and includes this file.
 *
 * The counts say how far each orbit goes, so none is tested on the way. A block of neighbouring
 * pixels makes PREFIX steps, each orbit as many of them as it has; that ends most. The others go
 * through LANES lanes, which make as many steps as the shortest orbit in them needs; one that is
 * done gives its lane to the next. The steps beyond the count and the logarithms are made for the
 * whole block again. */
#include "smooth.h"
#include "smooth_value.h"

#include <math.h>
#include <string.h>

enum { LANES = 16, BLOCK = 256, PREFIX = 16 };

/* Pixels side by side, each with z, c, its count and the steps that it has made: as doubles, so
 * that all of them have one width. Those that are not there, or never escape, have count 0. */
struct block {
    double x[BLOCK], y[BLOCK], cr[BLOCK], ci[BLOCK], count[BLOCK], steps[BLOCK];
};

static void begin_block(struct block *block, const struct plait_escape_job *job, uint32_t row,
                        uint32_t first, uint32_t cols, const int32_t *counts) {
    const double py = fma(job->half_height - (double)row, job->dy, job->cy);
    memset(block, 0, sizeof *block);
    for (uint32_t k = 0; k < cols; k++) {
        const double px = fma((double)(first + k) - job->half_width, job->dx, job->cx);
        block->x[k] = job->julia ? px : 0.0;
        block->y[k] = job->julia ? py : 0.0;
        block->cr[k] = job->julia ? job->cre : px;
        block->ci[k] = job->julia ? job->cim : py;
        block->count[k] = counts[k] < job->maxit ? counts[k] : 0;
    }
}

static void make_prefix(struct block *restrict block, int from) {
    double x[LANES], y[LANES], steps[LANES] = {0}, longest = 0;
    memcpy(x, block->x + from, sizeof x);
    memcpy(y, block->y + from, sizeof y);
    for (int k = 0; k < LANES; k++)
        longest = block->count[from + k] > longest ? block->count[from + k] : longest;
    for (int s = 0; s < PREFIX && s < longest; s++)
        for (int k = 0; k < LANES; k++) {
            const double next_x = fma(x[k], x[k], fma(-y[k], y[k], block->cr[from + k]));
            const double next_y = fma(x[k] + x[k], y[k], block->ci[from + k]);
            const bool on = s < block->count[from + k];
            x[k] = on ? next_x : x[k];
            y[k] = on ? next_y : y[k];
            steps[k] = on ? s + 1 : steps[k];
        }
    memcpy(block->x + from, x, sizeof x);
    memcpy(block->y + from, y, sizeof y);
    memcpy(block->steps + from, steps, sizeof steps);
}

/* Orbits side by side, and how many steps each has left. An idle lane stays at 0. */
struct lanes {
    double x[LANES], y[LANES], cr[LANES], ci[LANES];
    int32_t left[LANES];
    int pixel[LANES]; /* of the block; -1: idle */
};

static void rest(struct lanes *lanes, int lane) {
    lanes->x[lane] = lanes->y[lane] = lanes->cr[lane] = lanes->ci[lane] = 0;
    lanes->left[lane] = INT32_MAX;
    lanes->pixel[lane] = -1;
}

static void begin_orbit(struct lanes *lanes, int lane, const struct block *block, int pixel) {
    lanes->x[lane] = block->x[pixel];
    lanes->y[lane] = block->y[pixel];
    lanes->cr[lane] = block->cr[pixel];
    lanes->ci[lane] = block->ci[pixel];
    lanes->left[lane] = (int32_t)(block->count[pixel] - block->steps[pixel]);
    lanes->pixel[lane] = pixel;
}

static void end_orbit(struct lanes *lanes, int lane, struct block *block) {
    const int pixel = lanes->pixel[lane];
    block->x[pixel] = lanes->x[lane];
    block->y[pixel] = lanes->y[lane];
    block->steps[pixel] = block->count[pixel];
    rest(lanes, lane);
}

static void advance(struct lanes *restrict lanes, int32_t steps) {
    double x[LANES], y[LANES];
    memcpy(x, lanes->x, sizeof x);
    memcpy(y, lanes->y, sizeof y);
    for (int32_t s = 0; s < steps; s++)
        for (int k = 0; k < LANES; k++) {
            const double next_x = fma(x[k], x[k], fma(-y[k], y[k], lanes->cr[k]));
            y[k] = fma(x[k] + x[k], y[k], lanes->ci[k]);
            x[k] = next_x;
        }
    memcpy(lanes->x, x, sizeof x);
    memcpy(lanes->y, y, sizeof y);
    for (int k = 0; k < LANES; k++)
        lanes->left[k] = lanes->pixel[k] < 0 ? INT32_MAX : lanes->left[k] - steps;
}

static int32_t fewest_left(const struct lanes *lanes) {
    int32_t fewest = INT32_MAX;
    for (int k = 0; k < LANES; k++)
        fewest = lanes->left[k] < fewest ? lanes->left[k] : fewest;
    return fewest;
}

/* The first pixel from `pixel` on that the prefix has not ended, or BLOCK. */
static int next_survivor(const struct block *block, int pixel) {
    while (pixel < BLOCK && block->steps[pixel] == block->count[pixel])
        pixel++;
    return pixel;
}

static void follow_survivors(struct block *block) {
    struct lanes lanes;
    int next = next_survivor(block, 0), busy = 0;
    for (int k = 0; k < LANES; k++)
        rest(&lanes, k);
    while (next < BLOCK || busy > 0) {
        for (int k = 0; k < LANES && next < BLOCK; k++)
            if (lanes.pixel[k] < 0) {
                begin_orbit(&lanes, k, block, next);
                next = next_survivor(block, next + 1);
                busy++;
            }
        advance(&lanes, fewest_left(&lanes));
        for (int k = 0; k < LANES; k++)
            if (lanes.left[k] == 0) {
                end_orbit(&lanes, k, block);
                busy--;
            }
    }
}

/* The steps beyond the count and the logarithms: into x. */
static void finish(struct block *restrict block) {
    for (int k = 0; k < BLOCK; k++)
        block->x[k] = plait_smooth_finish(block->count[k], block->x[k], block->y[k], block->cr[k],
                                          block->ci[k]);
}

plait_smooth_row_fn SMOOTH_ROW; /* declared where the path's table is, too */

void SMOOTH_ROW(const struct plait_escape_job *job, uint32_t row, uint32_t cols,
                const int32_t *counts, double *values) {
    struct block block;
    for (uint32_t first = 0; first < cols; first += BLOCK) {
        const uint32_t some = cols - first < BLOCK ? cols - first : BLOCK;
        begin_block(&block, job, row, first, some, counts + first);
        for (int from = 0; from < BLOCK; from += LANES)
            make_prefix(&block, from);
        follow_survivors(&block);
        finish(&block);
        for (uint32_t k = 0; k < some; k++)
            values[first + k] = counts[first + k] < job->maxit ? block.x[k] : (double)INFINITY;
    }
}
