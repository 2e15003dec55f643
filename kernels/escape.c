/* SPDX-License-Identifier: MIT
 * Escape counts over threads: checks a view, turns it into the job that paths understand, and lets
 * threads take tiles until none is left. */
#include "plait/escape.h"

#include "../arch/device.h"
#include "../arch/path.h"
#include "deep_job.h"
#include "device_rest.h"
#include "escape_job.h"
#include "exec_is_valid.h"
#include "plait/sample.h"
#include "tasks.h"

#include <math.h>
#include <string.h>

static const double value_max = PLAIT_ESCAPE_VALUE_MAX;

struct plait_escape plait_escape_default(enum plait_escape_kind kind) {
    struct plait_escape escape = {.kind = kind, .bailout = 2.0, .maxit = 127};
    if (kind == PLAIT_JULIA) {
        escape.maxit = 254;
        escape.bailout = 3.0;
        escape.cim = 0.65;
        escape.width = 640;
        escape.height = 480;
        plait_escape_set_region(&escape, -2.0, 2.0, -1.5, 1.5);
    } else {
        escape.width = 1200;
        escape.height = 800;
        plait_escape_set_region(&escape, -2.0, 1.0, -1.0, 1.0);
    }
    return escape;
}

enum plait_status plait_escape_set_region(struct plait_escape *escape, double xmin, double xmax,
                                          double ymin, double ymax) {
    if (!isfinite(xmin) || !isfinite(xmax) || !isfinite(ymin) || !isfinite(ymax))
        return PLAIT_E_ARGUMENT;
    if (!(xmin < xmax) || !(ymin < ymax) || escape->width == 0 || escape->height == 0)
        return PLAIT_E_ARGUMENT;
    escape->cx = (xmin + xmax) / 2;
    escape->cy = (ymin + ymax) / 2;
    escape->dx = (xmax - xmin) / escape->width;
    escape->dy = (ymax - ymin) / escape->height;
    return plait_escape_check(escape);
}

enum plait_status plait_escape_set_center(struct plait_escape *escape, double re, double im,
                                          double zoom) {
    if (!isfinite(re) || !isfinite(im) || !isfinite(zoom) || !(zoom > 0) || escape->width == 0)
        return PLAIT_E_ARGUMENT;
    escape->cx = re;
    escape->cy = im;
    escape->dx = ((escape->kind == PLAIT_JULIA ? 4.0 : 3.0) / zoom) / escape->width;
    escape->dy = escape->dx;
    return plait_escape_check(escape);
}

/* The largest absolute coordinate of the view, corners included. */
static double largest_coordinate(const struct plait_escape *escape) {
    return fmax(fabs(escape->cx) + escape->width / 2.0 * escape->dx,
                fabs(escape->cy) + escape->height / 2.0 * escape->dy);
}

double plait_escape_resolution(const struct plait_escape *escape) {
    const double largest = largest_coordinate(escape);
    const double ulp = nextafter(largest, INFINITY) - largest;
    return fmin(escape->dx, escape->dy) / (4 * ulp);
}

enum plait_status plait_escape_check(const struct plait_escape *escape) {
    if (escape->kind != PLAIT_MANDELBROT && escape->kind != PLAIT_JULIA)
        return PLAIT_E_ARGUMENT;
    if (escape->width < 1 || escape->width > PLAIT_ESCAPE_SIDE_MAX || escape->height < 1 ||
        escape->height > PLAIT_ESCAPE_SIDE_MAX ||
        (uint64_t)escape->width * escape->height > PLAIT_ESCAPE_PIXELS_MAX)
        return PLAIT_E_ARGUMENT;
    if (escape->maxit < 1 ||
        (uint64_t)escape->maxit > UINT64_MAX / ((uint64_t)escape->width * escape->height))
        return PLAIT_E_ARGUMENT;
    if (escape->deep)
        return plait_deep_fits(escape->deep, escape) ? PLAIT_OK : PLAIT_E_ARGUMENT;
    /* Written so that NaN is refused as well; fmax would drop it from the largest coordinate. A
     * distance of 0 is left to the resolution: it is what dividing a tiny region by a size ends in.
     */
    if (isnan(escape->cx) || isnan(escape->cy) || !plait_escape_bailout_is_valid(escape))
        return PLAIT_E_ARGUMENT;
    if (!(escape->dx >= 0) || !(escape->dy >= 0) || !(largest_coordinate(escape) <= value_max))
        return PLAIT_E_ARGUMENT;
    if (escape->kind == PLAIT_JULIA &&
        (!(fabs(escape->cre) <= value_max) || !(fabs(escape->cim) <= value_max)))
        return PLAIT_E_ARGUMENT;
    if (!(plait_escape_resolution(escape) >= 1))
        return PLAIT_E_UNRESOLVED;
    return PLAIT_OK;
}

/* Where an escaped orbit provably never comes back, a path may make several steps before it looks.
 * An escaped z has |z'| >= |z|^2 - |c|; rounding moves |z'| by less than 2^-50 (|z|^2 + |c|), and a
 * square that overflows is outside for ever, as infinity or NaN.
 *
 * Julia: |z| >= r and g = 0.999 r^2 - r >= |c| give |z'| >= r + 0.001 r^2.
 *
 * Mandelbrot, any r >= 2: the same where |c| <= g. Where |c| > g and r >= 2.01, g and so |c| is
 * above 2.02: z = c after the first step, and from there |z| >= |c| gives |z'| >= |z| (|z| - 1),
 * which is above 1.02 |z|. So the orbit grows whether it has escaped or not, and no c needs a test.
 * With 2 <= r < 2.01, while |c| < 1.999, |z'| >= r^2 - |c| > r + 0.0009. Beyond that z = c (c + 1)
 * after the second step, and with re c >= -1.99 that is |c + 1| >= 1.007: |z| is above r and above
 * 1.007 |c|, and |z'| >= |z| (|z| - 1 / 1.007) > 1.01 |z|: outside, and growing. Near c = -2 an
 * orbit may stand still on the edge instead, where r = 2: z = 2 is a fixed point that has escaped.
 *
 * No pixel is known that needs the -1.99. Left of it an orbit could only come back by rounding,
 * when |z| is 2 but for some units in the last place. Of 20 million random c within 32 units of -2,
 * Im c up to 1e-6, none does within 200 steps. That is no proof, so the bound stays; it costs a few
 * columns. */
static double blind_min_cr(const struct plait_escape *escape) {
    if (escape->kind == PLAIT_MANDELBROT)
        return escape->bailout < 2.01 ? -1.99 : -(double)INFINITY;
    const double g = 0.999 * (escape->bailout * escape->bailout) - escape->bailout;
    const double c2 = escape->cre * escape->cre + escape->cim * escape->cim;
    return g >= 0 && c2 <= g * g ? -INFINITY : INFINITY;
}

struct plait_escape_job plait_escape_make_job(const struct plait_escape *escape) {
    const bool julia = escape->kind == PLAIT_JULIA;
    return (struct plait_escape_job){
        .cx = escape->cx,
        .cy = escape->cy,
        .dx = escape->dx,
        .dy = escape->dy,
        .half_width = escape->width / 2.0,
        .half_height = escape->height / 2.0,
        .cre = julia ? escape->cre : 0.0,
        .cim = julia ? escape->cim : 0.0,
        .bailout_squared = escape->bailout * escape->bailout,
        .blind_min_cr = blind_min_cr(escape),
        .maxit = escape->maxit,
        .julia = julia,
        .shortcuts = !escape->brute,
    };
}

struct plait_pixels plait_pixels_of(const struct plait_escape *escape,
                                    const struct plait_path *path) {
    struct plait_pixels pixels = {
        .is_deep = escape->deep != NULL,
        .direct_tile = PLAIT_PATH_KERNEL(path, escape_tile),
        .deep_tile = PLAIT_PATH_KERNEL(path, deep_tile),
        .distance_tile = PLAIT_PATH_KERNEL(path, distance_tile),
    };
    if (pixels.is_deep)
        pixels.deep = plait_deep_make_job(escape);
    else
        pixels.job = plait_escape_make_job(escape);
    return pixels;
}

/* The count of one pixel by the reference of its kind. */
static int32_t reference_count(const struct plait_pixels *pixels, uint32_t row, uint32_t col) {
    return pixels->is_deep ? plait_deep_reference(&pixels->deep, row, col, NULL)
                           : plait_escape_reference(&pixels->job, row, col);
}

/* How rows [first, first + rows) are cut into tiles: a grid, whole rows where there are enough. */
struct tiling {
    uint32_t rows, cols; /* of a whole tile */
    uint32_t tiles_down, tiles_across;
};

/* Tiles must be many, so that threads end together and progress is smooth, and large, so that a
 * path can keep its vectors full: 32 per thread, of 16384 to 65536 pixels, but not fewer than 4 per
 * thread unless they get so small that most lanes idle. A picture of few wide rows is cut across
 * too. Deep pixels take long: their tiles are small. */
static struct tiling cut_into_tiles(const struct plait_escape *escape, uint32_t rows, int threads) {
    const uint32_t width = escape->width;
    const uint64_t pixels = (uint64_t)rows * width;
    const uint64_t workers = (uint64_t)threads;
    uint64_t size = pixels / (32 * workers);
    if (size < 16384)
        size = 16384;
    if (size > 65536)
        size = 65536;
    if (size > pixels / (4 * workers))
        size = pixels / (4 * workers);
    if (escape->deep && size > 1024)
        size = 1024;
    if (size < 256)
        size = 256;

    struct tiling t = {.rows = 1, .cols = width};
    if (size >= width)
        t.rows = (uint32_t)(size / width);
    else
        t.cols = (uint32_t)size;
    t.tiles_down = (rows + t.rows - 1) / t.rows;
    t.tiles_across = (width + t.cols - 1) / t.cols;
    return t;
}

static struct plait_escape_tile tile_at(const struct tiling *t, uint64_t index, uint32_t rows,
                                        uint32_t width) {
    const uint32_t row = (uint32_t)(index / t->tiles_across) * t->rows;
    const uint32_t col = (uint32_t)(index % t->tiles_across) * t->cols;
    return (struct plait_escape_tile){
        .row = row,
        .col = col,
        .rows = rows - row < t->rows ? rows - row : t->rows,
        .cols = width - col < t->cols ? width - col : t->cols,
    };
}

/* The work of one call: rows [first, first + rows). */
struct tiles_work {
    struct plait_pixels pixels;
    struct tiling tiling;
    uint32_t width, first, rows;
    plait_escape_take_tile_fn *take;
    void *context;
};

/* plait_task_fn: a tile, returns its pixels. */
static uint64_t take_tile(void *context, uint64_t index, int thread) {
    const struct tiles_work *work = context;
    struct plait_escape_tile tile = tile_at(&work->tiling, index, work->rows, work->width);
    tile.row += work->first;
    work->take(work->context, &work->pixels, &tile, thread);
    return (uint64_t)tile.rows * tile.cols;
}

enum plait_status plait_escape_take_tiles(const struct plait_escape *escape,
                                          const struct plait_exec *exec,
                                          struct plait_row_range range,
                                          plait_escape_take_tile_fn *take, void *context) {
    const enum plait_status status = plait_escape_check(escape);
    if (status != PLAIT_OK)
        return status;
    if (!exec_is_valid(exec) || !row_range_is_valid(escape, range))
        return PLAIT_E_ARGUMENT;
    if (range.rows == 0)
        return PLAIT_OK;
    struct tiles_work work = {
        .pixels = plait_pixels_of(escape, exec->path),
        .tiling = cut_into_tiles(escape, range.rows, exec->threads),
        .width = escape->width,
        .first = range.first,
        .rows = range.rows,
        .take = take,
        .context = context,
    };
    const struct plait_tasks tasks = {
        .run = take_tile,
        .context = &work,
        .count = (uint64_t)work.tiling.tiles_down * work.tiling.tiles_across,
        .threads = exec->threads,
        .total = range.rows,
        .unit = escape->width,
    };
    return plait_tasks_run(&tasks, exec);
}

/* Where counts go. */
struct count_rows {
    uint32_t width, first;
    int32_t *counts; /* of row `first` and those below */
};

static void count_tile(void *context, const struct plait_pixels *pixels,
                       const struct plait_escape_tile *tile, int thread) {
    const struct count_rows *to = context;
    (void)thread;
    plait_pixels_tile(
        pixels, tile,
        &(struct plait_escape_results){
            .counts = to->counts + (size_t)(tile->row - to->first) * to->width + tile->col,
            .stride = to->width,
        });
}

/* All rows by the device of exec, or the first ones by it and the others by threads, if it fails.
 */
static enum plait_status escape_device_rows(const struct plait_escape *escape,
                                            const struct plait_exec *exec, uint32_t first,
                                            uint32_t rows, int32_t *counts) {
    const enum plait_status status = plait_escape_check(escape);
    if (status != PLAIT_OK)
        return status;
    if (!row_range_is_valid(escape, (struct plait_row_range){first, rows}))
        return PLAIT_E_ARGUMENT;
    const struct plait_escape_job job = plait_escape_make_job(escape);
    const struct plait_device_rows work = {&job, first, rows, escape->width};
    const struct plait_device_progress progress = {exec->progress, exec->progress_context};
    uint32_t done;
    const enum plait_device_end end =
        plait_device_rows(exec->device, &work, progress, counts, &done);
    if (end != PLAIT_DEVICE_LOST)
        return end == PLAIT_DEVICE_DONE ? PLAIT_OK : PLAIT_E_INTERRUPTED;
    struct plait_rest rest = {exec, done, rows};
    const struct plait_exec threads = plait_rest_exec(&rest);
    return plait_escape_rows(escape, &threads, first + done, rows - done,
                             counts + (size_t)done * escape->width);
}

enum plait_status plait_escape_rows(const struct plait_escape *escape,
                                    const struct plait_exec *exec, uint32_t first, uint32_t rows,
                                    int32_t *counts) {
    if (!exec_is_valid(exec))
        return PLAIT_E_ARGUMENT;
    if (exec->device && !escape->deep && rows > 0 &&
        (plait_device_jobs(exec->device) & PLAIT_DOES_ROWS))
        return escape_device_rows(escape, exec, first, rows, counts);
    struct count_rows to = {escape->width, first, counts};
    return plait_escape_take_tiles(escape, exec, (struct plait_row_range){first, rows}, count_tile,
                                   &to);
}

/* Which mirror images a view has. y(i) = fma(height/2 - i, dy, cy) with cy = 0 gives y(height - i)
 * = -y(i) to the bit, likewise x with cx = 0; a step commutes with conjugation when Im c is
 * conjugated too, and z -> -z leaves z*z alone. Row 0 and column 0 would mirror to outside the
 * picture. */
enum symmetry {
    SYMMETRY_NONE,
    SYMMETRY_ROWS,  /* count(i, j) = count(height - i, j), 1 <= i */
    SYMMETRY_POINT, /* count(i, j) = count(height - i, width - j), 1 <= i, 1 <= j */
};

static enum symmetry symmetry_of(const struct plait_escape *escape) {
    if (escape->deep && !escape->brute) {
        const struct plait_deep_view *view = plait_deep_view_of(escape->deep);
        return view->mirrored_rows    ? SYMMETRY_ROWS
               : view->mirrored_point ? SYMMETRY_POINT
                                      : SYMMETRY_NONE;
    }
    if (escape->brute || escape->cy != 0)
        return SYMMETRY_NONE;
    if (escape->kind == PLAIT_MANDELBROT || escape->cim == 0)
        return SYMMETRY_ROWS;
    return escape->cx == 0 ? SYMMETRY_POINT : SYMMETRY_NONE;
}

uint32_t plait_escape_distinct_rows(const struct plait_escape *escape) {
    return symmetry_of(escape) == SYMMETRY_NONE ? escape->height : escape->height / 2 + 1;
}

/* Rows as they are. */
static void mirror_rows(const struct plait_escape *escape, int threads, size_t row_bytes,
                        char *pixels) {
    const uint32_t height = escape->height, from = plait_escape_distinct_rows(escape);
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t i = from; i < (int64_t)height; i++)
        memcpy(pixels + (size_t)i * row_bytes, pixels + (size_t)(height - i) * row_bytes,
               row_bytes);
}

/* Rows back to front, but for column 0. */
static void rotate_rows(const struct plait_escape *escape, int threads, size_t pixel_bytes,
                        char *pixels) {
    const uint32_t height = escape->height, from = plait_escape_distinct_rows(escape);
    const size_t width = escape->width, row_bytes = width * pixel_bytes;
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t i = from; i < (int64_t)height; i++) {
        char *row = pixels + (size_t)i * row_bytes;
        const char *source = pixels + (size_t)(height - i) * row_bytes;
        for (size_t j = 1; j < width; j++)
            memcpy(row + j * pixel_bytes, source + (width - j) * pixel_bytes, pixel_bytes);
    }
}

static void complete(const struct plait_escape *escape, int threads, size_t pixel_bytes,
                     void *pixels) {
    const enum symmetry symmetry = symmetry_of(escape);
    if (symmetry == SYMMETRY_ROWS)
        mirror_rows(escape, threads, escape->width * pixel_bytes, pixels);
    else if (symmetry == SYMMETRY_POINT)
        rotate_rows(escape, threads, pixel_bytes, pixels);
}

/* Column 0 of the rows that are completed, where it has no mirror image. */
static void compute_first_column(const struct plait_escape *escape, const struct plait_exec *exec,
                                 int32_t *counts) {
    const struct plait_pixels kernel = plait_pixels_of(escape, exec->path);
    const uint32_t from = plait_escape_distinct_rows(escape);
#pragma omp parallel for num_threads(exec->threads) schedule(dynamic, 16)
    for (int64_t i = from; i < (int64_t)escape->height; i++) {
        const struct plait_escape_tile first_pixel = {(uint32_t)i, 0, 1, 1};
        const struct plait_escape_results to = {.counts = counts + (size_t)i * escape->width,
                                                .stride = 1};
        plait_pixels_tile(&kernel, &first_pixel, &to);
    }
}

enum plait_status plait_escape_complete(const struct plait_escape *escape,
                                        const struct plait_exec *exec, int32_t *counts) {
    const enum plait_status status = plait_escape_check(escape);
    if (status != PLAIT_OK)
        return status;
    if (!exec_is_valid(exec))
        return PLAIT_E_ARGUMENT;
    complete(escape, exec->threads, sizeof *counts, counts);
    if (symmetry_of(escape) == SYMMETRY_POINT)
        compute_first_column(escape, exec, counts);
    return PLAIT_OK;
}

enum plait_status plait_escape_complete_bytes(const struct plait_escape *escape,
                                              const struct plait_exec *exec, uint8_t *bytes) {
    const enum plait_status status = plait_escape_check(escape);
    if (status != PLAIT_OK)
        return status;
    if (!exec_is_valid(exec))
        return PLAIT_E_ARGUMENT;
    complete(escape, exec->threads, sizeof *bytes, bytes);
    return PLAIT_OK;
}

/* From top to bottom into from bottom to top. */
static void reverse_order(uint32_t rows, uint32_t width, int threads, int32_t *counts) {
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t i = 0; i < (int64_t)rows / 2; i++) {
        int32_t *upper = counts + (size_t)i * width;
        int32_t *lower = counts + (size_t)(rows - 1 - i) * width;
        for (uint32_t j = 0; j < width; j++) {
            const int32_t count = upper[j];
            upper[j] = lower[j];
            lower[j] = count;
        }
    }
}

/* Columns [1, width) from right to left; column 0 is computed. counts[rows][width] are rows [first,
 * first + rows) of the picture, but for the order of their columns. */
static void reverse_columns(const struct plait_escape *escape, const struct plait_exec *exec,
                            uint32_t first, uint32_t rows, int32_t *counts) {
    const struct plait_pixels kernel = plait_pixels_of(escape, exec->path);
    const uint32_t width = escape->width;
#pragma omp parallel for num_threads(exec->threads) schedule(dynamic, 16)
    for (int64_t i = 0; i < (int64_t)rows; i++) {
        int32_t *row = counts + (size_t)i * width;
        const struct plait_escape_tile first_pixel = {first + (uint32_t)i, 0, 1, 1};
        const struct plait_escape_results to = {.counts = row, .stride = 1};
        plait_pixels_tile(&kernel, &first_pixel, &to);
        for (uint32_t j = 1; j < width - j; j++) {
            const int32_t count = row[j];
            row[j] = row[width - j];
            row[width - j] = count;
        }
    }
}

enum plait_status plait_escape_mirror_rows(const struct plait_escape *escape,
                                           const struct plait_exec *exec, uint32_t first,
                                           uint32_t rows, int32_t *counts) {
    const enum plait_status status = plait_escape_check(escape);
    if (status != PLAIT_OK)
        return status;
    const uint32_t images = escape->height - plait_escape_distinct_rows(escape);
    if (!exec_is_valid(exec) || first < 1 || first > images + 1 || rows > images + 1 - first)
        return PLAIT_E_ARGUMENT;
    reverse_order(rows, escape->width, exec->threads, counts);
    if (symmetry_of(escape) == SYMMETRY_POINT)
        reverse_columns(escape, exec, escape->height - first - rows + 1, rows, counts);
    return PLAIT_OK;
}

enum plait_status plait_escape_picture(const struct plait_escape *escape,
                                       const struct plait_exec *exec, int32_t *counts) {
    const uint32_t rows = plait_escape_distinct_rows(escape);
    const enum plait_status status = plait_escape_rows(escape, exec, 0, rows, counts);
    return status == PLAIT_OK ? plait_escape_complete(escape, exec, counts) : status;
}

struct plait_escape_tally plait_escape_count_steps(const struct plait_escape *escape,
                                                   const struct plait_exec *exec,
                                                   const int32_t *counts, uint32_t rows) {
    const int64_t pixels = (int64_t)rows * escape->width;
    uint64_t steps = 0, interior = 0;
#pragma omp parallel for num_threads(exec->threads) schedule(static) reduction(+ : steps, interior)
    for (int64_t k = 0; k < pixels; k++) {
        steps += (uint64_t)counts[k];
        interior += counts[k] == escape->maxit;
    }
    return (struct plait_escape_tally){steps, interior};
}

int32_t plait_escape_pixel(const struct plait_escape *escape, uint32_t row, uint32_t col) {
    const struct plait_pixels pixels = plait_pixels_of(escape, &plait_path_scalar);
    return reference_count(&pixels, row, col);
}

enum plait_status plait_escape_verify(const struct plait_escape *escape,
                                      const struct plait_exec *exec, const int32_t *counts,
                                      uint32_t samples, struct plait_escape_difference *first) {
    const struct plait_row_range all = {0, escape->height};
    return plait_escape_verify_rows(escape, exec, all, counts, samples, first);
}

enum plait_status plait_escape_verify_rows(const struct plait_escape *escape,
                                           const struct plait_exec *exec,
                                           struct plait_row_range range, const int32_t *counts,
                                           uint32_t samples,
                                           struct plait_escape_difference *first) {
    const enum plait_status status = plait_escape_check(escape);
    if (status != PLAIT_OK)
        return status;
    if (!exec_is_valid(exec) || !row_range_is_valid(escape, range))
        return PLAIT_E_ARGUMENT;

    const struct plait_pixels kernel = plait_pixels_of(escape, exec->path);
    const uint64_t pixels = (uint64_t)escape->width * escape->height;
    const uint64_t begin = (uint64_t)range.first * escape->width;
    const uint64_t end = begin + (uint64_t)range.rows * escape->width;
    int64_t first_sample = samples; /* the earliest sample that differs */

#pragma omp parallel for num_threads(exec->threads) schedule(dynamic)
    for (int64_t k = 0; k < (int64_t)samples; k++) {
        const uint64_t pixel = plait_sample(pixels, (uint64_t)k);
        if (pixel < begin || pixel >= end)
            continue;
        const uint32_t i = (uint32_t)(pixel / escape->width);
        const uint32_t j = (uint32_t)(pixel % escape->width);
        const int32_t expected = reference_count(&kernel, i, j);
        const int32_t got = counts[pixel - begin];
        if (expected == got)
            continue;
#pragma omp critical(plait_escape_verify_first)
        if (k < first_sample) {
            first_sample = k;
            *first = (struct plait_escape_difference){i, j, expected, got};
        }
    }
    return first_sample < (int64_t)samples ? PLAIT_E_MISMATCH : PLAIT_OK;
}
