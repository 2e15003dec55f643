/* SPDX-License-Identifier: MIT
 * Distances over threads: with the counts, tile by tile, or again, row by row. */
#include "plait/distance.h"

#include "escape_job.h"
#include "exec_is_valid.h"

#include <math.h>
#include <omp.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static void distance_parts(const double *values, size_t pixels, int32_t *parts) {
    for (size_t k = 0; k < pixels; k++) {
        const double scaled = values[k] * PLAIT_DISTANCE_UNIT;
        parts[k] = values[k] == INFINITY ? PLAIT_DISTANCE_NEVER
                   : scaled < INT32_MAX  ? (int32_t)scaled
                                         : INT32_MAX;
    }
}

struct distance_tiles {
    uint32_t width, first;
    int32_t *counts;
    const struct plait_distance_output *output;
    double *values; /* of each thread, as long as a tile; NULL: not needed */
};

/* A tile has whole rows, or is a part of one: its values have the stride of its counts in a buffer
 * that is just as long as the tile. */
static void distance_tile(void *context, const struct plait_pixels *kernel,
                          const struct plait_escape_tile *tile, int thread) {
    const struct distance_tiles *work = context;
    const size_t at = (size_t)(tile->row - work->first) * work->width + tile->col;
    double *values = work->output->values
                         ? work->output->values + at
                         : work->values + (size_t)thread * PLAIT_ESCAPE_TILE_PIXELS;
    const struct plait_escape_results to = {work->counts + at, values, work->width};
    kernel->distance_tile(&kernel->job, tile, &to);
    if (work->output->parts)
        distance_parts(values, (size_t)tile->rows * tile->cols, work->output->parts + at);
}

enum plait_status plait_distance_compute(const struct plait_escape *escape,
                                         const struct plait_exec *exec,
                                         struct plait_row_range range, int32_t *counts,
                                         const struct plait_distance_output *output) {
    if (!exec_is_valid(exec) || escape->deep)
        return PLAIT_E_ARGUMENT;
    struct distance_tiles work = {
        .width = escape->width,
        .first = range.first,
        .counts = counts,
        .output = output,
    };
    if (!output->values)
        work.values =
            malloc((size_t)exec->threads * PLAIT_ESCAPE_TILE_PIXELS * sizeof *work.values);
    const enum plait_status status =
        output->values || work.values
            ? plait_escape_take_tiles(escape, exec, range, distance_tile, &work)
            : PLAIT_E_MEMORY;
    free(work.values);
    return status;
}

enum plait_status plait_distance_rows(const struct plait_escape *escape,
                                      const struct plait_exec *exec, struct plait_row_range range,
                                      uint32_t cols, const int32_t *counts,
                                      const struct plait_distance_output *output) {
    const enum plait_status status = plait_escape_check(escape);
    if (status != PLAIT_OK)
        return status;
    if (!exec_is_valid(exec) || escape->deep || !row_range_is_valid(escape, range) ||
        cols > escape->width)
        return PLAIT_E_ARGUMENT;
    const size_t pixels = (size_t)exec->threads * cols + 1;
    int32_t *again = malloc(pixels * sizeof *again);
    double *found = malloc(pixels * sizeof *found);
    if (!again || !found) {
        free(again);
        free(found);
        return PLAIT_E_MEMORY;
    }
    const struct plait_pixels kernel = plait_pixels_of(escape, exec->path);
    atomic_bool valid = true;

#pragma omp parallel for num_threads(exec->threads) schedule(dynamic)
    for (int64_t i = 0; i < (int64_t)range.rows; i++) {
        const size_t own = (size_t)omp_get_thread_num() * cols, at = (size_t)i * cols;
        const struct plait_escape_tile tile = {range.first + (uint32_t)i, 0, 1, cols};
        double *values = output->values ? output->values + at : found + own;
        kernel.distance_tile(&kernel.job, &tile,
                             &(struct plait_escape_results){again + own, values, cols});
        if (memcmp(again + own, counts + (size_t)i * escape->width, cols * sizeof *counts) != 0)
            atomic_store(&valid, false);
        if (output->parts)
            distance_parts(values, cols, output->parts + at);
    }
    free(again);
    free(found);
    return atomic_load(&valid) ? PLAIT_OK : PLAIT_E_ARGUMENT;
}
