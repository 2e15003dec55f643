/* SPDX-License-Identifier: MIT
 * From a checked picture to the job that paths understand. Internal: for the kernels of pictures,
 * and for the tests that call paths directly and must do it with the kernel's own job. */
#ifndef PLAIT_KERNELS_ESCAPE_JOB_H
#define PLAIT_KERNELS_ESCAPE_JOB_H

#include "../arch/deep.h"
#include "../arch/escape.h"
#include "../arch/path.h"
#include "plait/escape.h"

/* escape must pass plait_escape_check. */
struct plait_escape_job plait_escape_make_job(const struct plait_escape *escape);

/* Whether the kind takes this radius. */
static inline bool plait_escape_bailout_is_valid(const struct plait_escape *escape) {
    return escape->kind == PLAIT_MANDELBROT
               ? escape->bailout >= PLAIT_MANDELBROT_BAILOUT_MIN &&
                     escape->bailout <= PLAIT_MANDELBROT_BAILOUT_MAX
               : escape->bailout > 0 && escape->bailout <= PLAIT_ESCAPE_VALUE_MAX;
}

/* How the pixels of a picture are computed, directly or deep: all kernels of pictures go through
 * this. */
struct plait_pixels {
    bool is_deep;
    struct plait_escape_job job; /* direct */
    struct plait_deep_job deep;  /* deep */
    plait_escape_tile_fn *direct_tile;
    plait_deep_tile_fn *deep_tile;
    plait_escape_tile_fn *distance_tile; /* direct, with distances */
};

/* escape must pass plait_escape_check. */
struct plait_pixels plait_pixels_of(const struct plait_escape *escape,
                                    const struct plait_path *path);

static inline void plait_pixels_tile(const struct plait_pixels *pixels,
                                     const struct plait_escape_tile *tile,
                                     const struct plait_escape_results *to) {
    if (pixels->is_deep)
        pixels->deep_tile(&pixels->deep, tile, to);
    else
        pixels->direct_tile(&pixels->job, tile, to);
}

/* Does the work of a tile of the picture; thread as in tasks.h. */
typedef void plait_escape_take_tile_fn(void *context, const struct plait_pixels *pixels,
                                       const struct plait_escape_tile *tile, int thread);

enum { PLAIT_ESCAPE_TILE_PIXELS = 65536 }; /* at most */

/* Cuts the rows of the range into tiles and gives them to threads, with progress in rows. A tile
 * has whole rows or is a part of one. Returns what plait_escape_rows returns. */
enum plait_status plait_escape_take_tiles(const struct plait_escape *escape,
                                          const struct plait_exec *exec,
                                          struct plait_row_range range,
                                          plait_escape_take_tile_fn *take, void *context);

static inline bool row_range_is_valid(const struct plait_escape *escape,
                                      struct plait_row_range range) {
    return range.first <= escape->height && range.rows <= escape->height - range.first;
}

#endif
