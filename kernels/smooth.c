/* SPDX-License-Identifier: MIT
 * Smooth values over threads: with the counts, tile by tile, or by the counts, row by row. */
#include "plait/smooth.h"

#include "../arch/device.h"
#include "../arch/path.h"
#include "device_rest.h"
#include "escape_job.h"
#include "exec_is_valid.h"

#include <math.h>
#include <omp.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct plait_smooth_range plait_smooth_range_empty(void) {
    return (struct plait_smooth_range){.min = INT64_MAX, .max = INT64_MIN};
}

/* -- what becomes of values -------------------------------------------------------------------- */

/* What a thread has of its own: values on their way to parts, and the range of what it has found.
 * A cache line apart. */
struct thread_share {
    _Alignas(64) double *values; /* of `pixels` pixels; NULL: not needed */
    struct plait_smooth_range range;
};

struct shares {
    struct thread_share *threads;
    double *values;
};

static bool begin_shares(struct shares *shares, int threads, size_t pixels) {
    shares->threads = aligned_alloc(64, (size_t)threads * sizeof *shares->threads);
    shares->values = pixels > 0 ? malloc((size_t)threads * pixels * sizeof *shares->values) : NULL;
    if (!shares->threads || (pixels > 0 && !shares->values))
        return false;
    for (int k = 0; k < threads; k++) {
        shares->threads[k].values = pixels > 0 ? shares->values + (size_t)k * pixels : NULL;
        shares->threads[k].range = plait_smooth_range_empty();
    }
    return true;
}

static void end_shares(struct shares *shares) {
    free(shares->threads);
    free(shares->values);
}

static void widen(struct plait_smooth_range *range, const struct plait_smooth_range *by) {
    range->min = by->min < range->min ? by->min : range->min;
    range->max = by->max > range->max ? by->max : range->max;
}

static void collect_ranges(const struct shares *shares, int threads,
                           struct plait_smooth_range *range) {
    for (int k = 0; k < threads; k++)
        widen(range, &shares->threads[k].range);
}

/* Widens the range to values. Count and part of a value are floor(value * PLAIT_SMOOTH_UNIT)
 * together: their difference is exact, and the smallest and largest of them are those of the
 * values. */
static void widen_to_values(struct plait_smooth_range *range, const double *values, size_t pixels) {
    enum { LANES = 4 }; /* apart, to hide the latency of a comparison */
    double min[LANES], max[LANES];
    for (int l = 0; l < LANES; l++) {
        min[l] = INFINITY;
        max[l] = -INFINITY;
    }
    for (size_t k = 0; k < pixels; k += LANES)
        for (size_t l = 0; l < LANES; l++) {
            const double value = values[k + l < pixels ? k + l : k];
            const double escaped = value < INFINITY ? value : -INFINITY;
            min[l] = value < min[l] ? value : min[l];
            max[l] = escaped > max[l] ? escaped : max[l];
        }
    for (int l = 0; l < LANES; l++) {
        if (min[l] == INFINITY)
            continue;
        const int64_t low = (int64_t)floor(min[l] * PLAIT_SMOOTH_UNIT);
        const int64_t high = (int64_t)floor(max[l] * PLAIT_SMOOTH_UNIT);
        widen(range, &(struct plait_smooth_range){low, high});
    }
}

/* Makes parts of values. */
static void make_parts(const int32_t *counts, const double *values, size_t pixels, int32_t *parts) {
    for (size_t k = 0; k < pixels; k++) {
        const bool escaped = values[k] < INFINITY;
        /* Less than 10 in size: the cast rounds to zero, and the fraction below it is one less. */
        const double scaled = escaped ? (values[k] - counts[k]) * PLAIT_SMOOTH_UNIT : 0;
        const int32_t cut = (int32_t)scaled;
        parts[k] = escaped ? cut - (cut > scaled) : PLAIT_SMOOTH_NEVER;
    }
}

/* -- with the counts --------------------------------------------------------------------------- */

struct smooth_tiles {
    uint32_t width, first;
    int32_t *counts;
    const struct plait_smooth_output *output;
    struct shares shares;
};

/* A tile has whole rows, or is a part of one: its values have the stride of its counts in a buffer
 * that is just as long as the tile. */
static void smooth_tile(void *context, const struct plait_pixels *kernel,
                        const struct plait_escape_tile *tile, int thread) {
    struct smooth_tiles *work = context;
    struct thread_share *own = &work->shares.threads[thread];
    const size_t at = (size_t)(tile->row - work->first) * work->width + tile->col;
    double *values = work->output->values ? work->output->values + at : own->values;
    const struct plait_escape_results to = {work->counts + at, values, work->width};
    plait_pixels_tile(kernel, tile, &to);
    const size_t pixels = (size_t)tile->rows * tile->cols;
    widen_to_values(&own->range, values, pixels);
    if (work->output->parts)
        make_parts(to.counts, values, pixels, work->output->parts + at);
}

/* Pixels whose counts a device finds before threads find their values: progress is called between.
 */
static const uint32_t device_band_pixels = 1 << 20;

/* A device has no smooth values: it counts, band by band, and threads do the rest. */
static enum plait_status smooth_after_device(const struct plait_escape *escape,
                                             const struct plait_exec *exec,
                                             struct plait_row_range range, int32_t *counts,
                                             struct plait_smooth_output *output) {
    const uint32_t width = escape->width;
    const uint32_t most = device_band_pixels > width ? device_band_pixels / width : 1;
    enum plait_status status = plait_escape_check(escape);
    if (status == PLAIT_OK && !row_range_is_valid(escape, range))
        status = PLAIT_E_ARGUMENT;
    for (uint32_t row = 0; row < range.rows && status == PLAIT_OK;) {
        const uint32_t rows = range.rows - row < most ? range.rows - row : most;
        const size_t at = (size_t)row * width;
        struct plait_rest rest = {exec, row, range.rows};
        struct plait_exec band = plait_rest_exec(&rest);
        struct plait_smooth_output part = {
            .values = output->values ? output->values + at : NULL,
            .parts = output->parts ? output->parts + at : NULL,
            .range = output->range,
        };
        band.device = exec->device;
        status = plait_escape_rows(escape, &band, range.first + row, rows, counts + at);
        if (status == PLAIT_OK)
            status =
                plait_smooth_rows(escape, &band, (struct plait_row_range){range.first + row, rows},
                                  width, counts + at, &part);
        output->range = part.range;
        row += rows;
    }
    return status;
}

enum plait_status plait_smooth_compute(const struct plait_escape *escape,
                                       const struct plait_exec *exec, struct plait_row_range range,
                                       int32_t *counts, struct plait_smooth_output *output) {
    if (!exec_is_valid(exec))
        return PLAIT_E_ARGUMENT;
    if (exec->device && !escape->deep && (plait_device_jobs(exec->device) & PLAIT_DOES_ROWS))
        return smooth_after_device(escape, exec, range, counts, output);
    struct smooth_tiles work = {
        .width = escape->width,
        .first = range.first,
        .counts = counts,
        .output = output,
    };
    enum plait_status status = PLAIT_E_MEMORY;
    if (begin_shares(&work.shares, exec->threads, output->values ? 0 : PLAIT_ESCAPE_TILE_PIXELS))
        status = plait_escape_take_tiles(escape, exec, range, smooth_tile, &work);
    if (status == PLAIT_OK)
        collect_ranges(&work.shares, exec->threads, &output->range);
    end_shares(&work.shares);
    return status;
}

/* -- by the counts ----------------------------------------------------------------------------- */

static bool counts_are_valid(const struct plait_escape *escape, const int32_t *counts,
                             uint32_t cols) {
    bool valid = true;
    for (uint32_t k = 0; k < cols; k++)
        valid &= counts[k] >= 0 && counts[k] <= escape->maxit;
    return valid;
}

enum plait_status plait_smooth_rows(const struct plait_escape *escape,
                                    const struct plait_exec *exec, struct plait_row_range range,
                                    uint32_t cols, const int32_t *counts,
                                    struct plait_smooth_output *output) {
    const enum plait_status status = plait_escape_check(escape);
    if (status != PLAIT_OK)
        return status;
    if (!exec_is_valid(exec) || !row_range_is_valid(escape, range) || cols > escape->width)
        return PLAIT_E_ARGUMENT;
    struct shares shares;
    int32_t *again =
        escape->deep ? malloc(((size_t)exec->threads * cols + 1) * sizeof *again) : NULL;
    if (!begin_shares(&shares, exec->threads, output->values ? 0 : cols) ||
        (escape->deep && !again)) {
        end_shares(&shares);
        free(again);
        return PLAIT_E_MEMORY;
    }
    const struct plait_pixels kernel = plait_pixels_of(escape, exec->path);
    plait_smooth_row_fn *const smooth_row = PLAIT_PATH_KERNEL(exec->path, smooth_row);
    atomic_bool valid = true;

#pragma omp parallel for num_threads(exec->threads) schedule(dynamic)
    for (int64_t i = 0; i < (int64_t)range.rows; i++) {
        const int32_t *row = counts + (size_t)i * escape->width;
        struct thread_share *own = &shares.threads[omp_get_thread_num()];
        double *values = output->values ? output->values + (size_t)i * cols : own->values;
        if (!counts_are_valid(escape, row, cols)) {
            atomic_store(&valid, false);
            continue;
        }
        if (kernel.is_deep) { /* a count does not say how a deep orbit got there */
            int32_t *found = again + (size_t)omp_get_thread_num() * cols;
            const struct plait_escape_tile tile = {range.first + (uint32_t)i, 0, 1, cols};
            plait_pixels_tile(&kernel, &tile, &(struct plait_escape_results){found, values, cols});
            if (memcmp(found, row, cols * sizeof *row) != 0) {
                atomic_store(&valid, false);
                continue;
            }
        } else {
            smooth_row(&kernel.job, range.first + (uint32_t)i, cols, row, values);
        }
        widen_to_values(&own->range, values, cols);
        if (output->parts)
            make_parts(row, values, cols, output->parts + (size_t)i * cols);
    }
    if (atomic_load(&valid))
        collect_ranges(&shares, exec->threads, &output->range);
    end_shares(&shares);
    free(again);
    return atomic_load(&valid) ? PLAIT_OK : PLAIT_E_ARGUMENT;
}
