/* SPDX-License-Identifier: MIT
 * What a device must show before it is used: what its driver claims does not count. Arithmetic
 * where roundings, subnormals and signs of zero can go wrong, darts, labels of k-means, and tiles
 * of pictures; one wrong bit is enough to refuse it. Then its speed. */
#include "device_kind.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TRIPLES = 1 << 14, RESULTS = 4 };

static const double speed_s = 20e-3; /* four launches of 5 ms */

/* -- arithmetic -------------------------------------------------------------------------------- */

static double trial_double(uint64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint64_t trial_bits(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* An operand of the kind that a number chooses: any finite double; of the size that orbits have;
 * subnormal, or so small that products are; few bits, so that products and sums lie halfway between
 * two doubles; zeros, ones, the ends of the range, infinity. */
static double trial_operand(uint64_t random) {
    static const double edges[] = {0.0,
                                   1.0,
                                   2.0,
                                   0.5,
                                   0x1p-1022,
                                   0x1p-1074,
                                   0x1p1023,
                                   INFINITY,
                                   0x1p-53,
                                   0x1p-537,
                                   0x1.fffffffffffffp1023};
    const uint64_t sign = random << 63, fraction = random >> 12;
    switch (random >> 1 & 7) {
    case 0:
        return trial_double(sign | (random >> 4 & UINT64_C(0x7ff)) % 2047 << 52 | fraction);
    case 1:
    case 2:
        return trial_double(sign | (1019 + (random >> 4 & 7)) << 52 | fraction);
    case 3:
        return trial_double(sign | fraction >> (random >> 4 & 31));
    case 4:
        return trial_double(sign | (480 + (random >> 4 & 63)) << 52 | fraction);
    case 5: /* 27 bits: a product has 54 */
        return trial_double(sign | (1010 + (random >> 4 & 15)) << 52 | (fraction >> 26 | 1) << 26);
    case 6: /* one bit, anywhere near */
        return trial_double(sign | (960 + (random >> 4 & 127)) << 52);
    default: {
        const double edge = edges[(random >> 4) % (sizeof edges / sizeof *edges)];
        return random & 1 ? -edge : edge;
    }
    }
}

/* NaNs differ between processors, and no count depends on which it is. */
static bool trial_is_same(double a, double b) {
    return trial_bits(a) == trial_bits(b) || (isnan(a) && isnan(b));
}

static bool trial_arithmetic(struct plait_device *device, char *why) {
    static const char *const names[RESULTS] = {"fma", "product", "sum", "fused square"};
    double *abc = malloc(3 * TRIPLES * sizeof *abc);
    double *results = malloc(RESULTS * TRIPLES * sizeof *results);
    uint64_t state = 2024;
    uint32_t wrong = 0;
    const char *first = "";
    bool able = abc && results;
    if (!able)
        plait_device_refuse(why, "out of memory");
    for (uint32_t k = 0; able && k < 3 * TRIPLES; k++) {
        abc[k] = trial_operand(pcg_rxs_m_xs(state));
        state = pcg_step(state);
    }
    if (able && !device->kind->arithmetic(device, TRIPLES, abc, results)) {
        plait_device_refuse(why, "%s", device->why);
        able = false;
    }
    for (uint32_t k = 0; able && k < TRIPLES; k++) {
        const double a = abc[3 * k], b = abc[3 * k + 1], c = abc[3 * k + 2];
        const double expected[RESULTS] = {fma(a, b, c), a * b, a + b, fma(-a, a, b)};
        for (int r = 0; r < RESULTS; r++)
            if (!trial_is_same(expected[r], results[RESULTS * k + (uint32_t)r])) {
                first = wrong++ == 0 ? names[r] : first;
            }
    }
    if (wrong > 0)
        plait_device_refuse(
            why, "its arithmetic differs in %" PRIu32 " of %d results, the first one a %s", wrong,
            RESULTS * TRIPLES, first);
    free(abc);
    free(results);
    return able && wrong == 0;
}

/* -- darts ------------------------------------------------------------------------------------- */

static const struct plait_device_progress trial_silent = {NULL, NULL};

/* The hits of the first darts of run 0 of seed 42, as in tests/golden/darts.txt. */
static bool trial_darts(struct plait_device *device, char *why) {
    static const struct {
        bool pcg32;
        uint64_t darts, hits;
    } known[] = {
        {false, 1024, 802}, {false, 1048576, 823668}, {true, 1024, 793}, {true, 1048576, 823747}};
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        const struct plait_device_darts work = {
            .pcg32 = known[k].pcg32,
            .start = pcg_step(pcg_increment + 42),
            .to_run = pcg_leap_of(pcg_run_distance),
            .draws = known[k].pcg32 ? known[k].darts : known[k].darts / 2,
            .runs = 1,
        };
        uint64_t hits = 0, done;
        if (plait_device_darts(device, &work, trial_silent, &hits, &done) != PLAIT_DEVICE_DONE)
            return plait_device_refuse(why, "%s", device->why);
        if (hits != known[k].hits)
            return plait_device_refuse(
                why, "of %" PRIu64 " darts of %s it counts %" PRIu64 " hits instead of %" PRIu64,
                known[k].darts, known[k].pcg32 ? "pcg32" : "rxs64", hits, known[k].hits);
    }
    return true;
}

/* -- labels ------------------------------------------------------------------------------------ */

static float trial_float(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Any float that neither is subnormal nor makes anything that is (device_labels.c says why those
 * do not count), or one of few bits, so that products and sums lie halfway between two floats. */
static float trial_float_operand(uint64_t random) {
    const uint32_t sign = (uint32_t)(random & 1) << 31;
    const uint32_t fraction = (uint32_t)(random >> 20) & 0x7fffff;
    const uint32_t exponent = 115 + (uint32_t)(random >> 4 & 15);
    switch (random >> 1 & 3) {
    case 0: /* 13 bits: a product has 26 */
        return trial_float(sign | exponent << 23 | (fraction >> 11 | 1) << 11);
    case 1: /* one bit */
        return trial_float(sign | (exponent + 1) << 23);
    default:
        return trial_float(sign | exponent << 23 | fraction);
    }
}

static bool trial_floats(struct plait_device *device, char *why) {
    float *abc = malloc(3 * TRIPLES * sizeof *abc),
          *results = malloc(RESULTS * TRIPLES * sizeof *abc);
    uint64_t state = 2025;
    uint32_t wrong = 0;
    bool able = abc && results;
    if (!able)
        plait_device_refuse(why, "out of memory");
    for (uint32_t k = 0; able && k < 3 * TRIPLES; k++) {
        abc[k] = trial_float_operand(pcg_rxs_m_xs(state));
        state = pcg_step(state);
    }
    if (able && !device->kind->floats(device, TRIPLES, abc, results)) {
        plait_device_refuse(why, "%s", device->why);
        able = false;
    }
    for (uint32_t k = 0; able && k < TRIPLES; k++) {
        const float a = abc[3 * k], b = abc[3 * k + 1], c = abc[3 * k + 2];
        const float product = a * b, sum = a + b;
        const float expected[RESULTS] = {fmaf(a, b, c), product, sum, fmaf(-a, a, b)};
        for (int r = 0; r < RESULTS; r++)
            wrong += memcmp(&expected[r], &results[RESULTS * k + (uint32_t)r], sizeof(float)) != 0;
    }
    if (wrong > 0)
        plait_device_refuse(why, "its arithmetic of floats differs in %" PRIu32 " of %d results",
                            wrong, RESULTS * TRIPLES);
    free(abc);
    free(results);
    return able && wrong == 0;
}

/* Points and centroids drawn for a trial or a measurement. */
struct trial_labels {
    float *memory; /* NULL: there is none */
    float *a, *squares, *b, *h;
    struct plait_device_copies copies;
    struct plait_kmeans_floats centroids;
};

/* h has no error taken off it, which results do not need here. Of equal centroids, one of which
 * stands twice, points are in doubt. */
static struct trial_labels trial_labels_draw(uint32_t dims, uint32_t tiles, uint64_t blocks) {
    const size_t points = blocks * PLAIT_KMEANS_BLOCK,
                 centroids = (size_t)tiles * PLAIT_KMEANS_TILE;
    struct trial_labels t = {.memory = malloc((points + centroids) * (dims + 1) * sizeof(float))};
    uint64_t state = 2026;
    t.a = t.memory;
    t.squares = t.a + points * dims;
    t.b = t.squares + points;
    t.h = t.b + centroids * dims;
    t.copies = (struct plait_device_copies){dims, tiles, blocks, t.a, t.squares};
    t.centroids = (struct plait_kmeans_floats){dims, tiles, t.b, t.h, 0x1p-12f};
    if (!t.memory)
        return t;
    for (size_t k = 0; k < points * dims; k++, state = pcg_step(state))
        t.a[k] = (float)(int32_t)(pcg_rxs_m_xs(state) >> 32) * 0x1p-31f;
    for (size_t k = 0; k < centroids * dims; k++, state = pcg_step(state))
        t.b[k] = (float)(int32_t)(pcg_rxs_m_xs(state) >> 32) * 0x1p-31f;
    for (size_t d = 0; d < dims; d++)
        t.b[d * PLAIT_KMEANS_TILE] = t.b[((tiles - 1) * (size_t)dims + d) * PLAIT_KMEANS_TILE + 2];
    for (size_t p = 0; p < points; p++) {
        const float *a = t.a + p / PLAIT_KMEANS_BLOCK * dims * PLAIT_KMEANS_BLOCK;
        t.squares[p] = 0;
        for (size_t d = 0; d < dims; d++) {
            const float x = a[d * PLAIT_KMEANS_BLOCK + p % PLAIT_KMEANS_BLOCK];
            t.squares[p] = fmaf(x, x, t.squares[p]);
        }
    }
    for (size_t j = 0; j < centroids; j++) {
        const float *b = t.b + j / PLAIT_KMEANS_TILE * dims * PLAIT_KMEANS_TILE;
        float square = 0;
        for (size_t d = 0; d < dims; d++) {
            const float y = b[d * PLAIT_KMEANS_TILE + j % PLAIT_KMEANS_TILE];
            square = fmaf(y, y, square);
        }
        t.h[j] = j + 3 < centroids ? square / 2 : 3e38f; /* the last ones only fill the tile */
    }
    return t;
}

/* Labels of `blocks` blocks by launches of about `budget` products, which shows the ways of cutting
 * the work, against the reference. */
static bool trial_labels(struct plait_device *device, uint32_t dims, uint32_t tiles,
                         uint64_t blocks, uint64_t budget, char *why) {
    const struct trial_labels t = trial_labels_draw(dims, tiles, blocks);
    const uint64_t points = blocks * PLAIT_KMEANS_BLOCK;
    int32_t *labels = malloc(points * sizeof *labels);
    struct plait_device_points *there =
        t.memory && labels ? plait_device_points_open(device, &t.copies) : NULL;
    uint64_t done, wrong = 0;
    bool able = there != NULL;
    device->products_budget = budget;
    if (!able)
        plait_device_refuse(why, "%s", t.memory && labels ? device->why : "out of memory");
    else if (plait_device_labels(there, &t.centroids, trial_silent, labels, &done) !=
             PLAIT_DEVICE_DONE)
        able = plait_device_refuse(why, "%s", device->why);
    for (uint64_t p = 0; able && p < points; p++)
        wrong += labels[p] != plait_device_reference_label(
                                  &t.centroids,
                                  t.a + p / PLAIT_KMEANS_BLOCK * dims * PLAIT_KMEANS_BLOCK +
                                      p % PLAIT_KMEANS_BLOCK,
                                  t.squares[p]);
    if (wrong > 0)
        able = plait_device_refuse(why, "of %" PRIu64 " labels of k-means %" PRIu64 " differ",
                                   points, wrong);
    plait_device_points_close(there);
    free(t.memory);
    free(labels);
    return able;
}

/* -- rows -------------------------------------------------------------------------------------- */

enum { TILE_WIDTH = 64, TILE_HEIGHT = 48 };

/* A picture that has everything: the left end, where no step may be blind, the inside, its edge,
 * and orbits that are longer than a launch. */
static struct plait_escape_job trial_mandelbrot(void) {
    return (struct plait_escape_job){
        .cx = -0.75,
        .cy = 0.0625,
        .dx = 0x1.5p-5,
        .dy = 0x1.5p-5,
        .half_width = TILE_WIDTH / 2.0,
        .half_height = TILE_HEIGHT / 2.0,
        .bailout_squared = 4,
        .blind_min_cr = -1.99,
        .maxit = 500,
        .shortcuts = true,
    };
}

static struct plait_escape_job trial_julia(void) {
    struct plait_escape_job job = trial_mandelbrot();
    job.julia = true;
    job.cx = job.cy = 0;
    job.dx = job.dy = 0x1.8p-5;
    job.cre = -0.8;
    job.cim = 0.156;
    job.bailout_squared = 9;
    job.blind_min_cr = -INFINITY;
    return job;
}

/* Orbits that leave the disc, which is smaller than the set, and return: no step may be blind. */
static struct plait_escape_job trial_returning(void) {
    struct plait_escape_job job = trial_julia();
    job.cre = -1.2;
    job.cim = 0;
    job.bailout_squared = 2.25;
    job.blind_min_cr = INFINITY;
    return job;
}

static bool trial_tile(struct plait_device *device, const struct plait_escape_job *job, char *why) {
    int32_t counts[TILE_HEIGHT * TILE_WIDTH];
    const struct plait_device_rows work = {job, 0, TILE_HEIGHT, TILE_WIDTH};
    uint32_t done;
    if (plait_device_rows(device, &work, trial_silent, counts, &done) != PLAIT_DEVICE_DONE)
        return plait_device_refuse(why, "%s", device->why);
    for (uint32_t i = 0; i < TILE_HEIGHT; i++)
        for (uint32_t j = 0; j < TILE_WIDTH; j++) {
            const int32_t expected = plait_escape_reference(job, i, j);
            const int32_t got = counts[i * TILE_WIDTH + j];
            if (got != expected)
                return plait_device_refuse(why,
                                           "a %s pixel has count %" PRId32 " instead of %" PRId32,
                                           job->julia ? "Julia" : "Mandelbrot", got, expected);
        }
    return true;
}

/* -- speed ------------------------------------------------------------------------------------- */

static double trial_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

struct plait_device_rows plait_device_speed_rows(struct plait_escape_job *job, uint32_t scale) {
    *job = trial_mandelbrot();
    job->cx = -0.743643887;
    job->cy = 0.131825904;
    job->dx = job->dy = 0x1p-22 / scale;
    job->half_width = 256.0 * scale;
    job->half_height = 128.0 * scale;
    job->maxit = 1000;
    return (struct plait_device_rows){job, 0, 256 * scale, 512 * scale};
}

/* Twice as much again and again, until it takes long enough to be measured. */
static bool trial_darts_speed(struct plait_device *device) {
    struct plait_device_darts work = {
        .start = 1, .to_run = {1, 0}, .draws = UINT64_C(1) << 20, .runs = 1};
    uint64_t hits = 0, done;
    double seconds = 0;
    while (seconds < speed_s && work.draws <= UINT64_C(1) << 33) {
        const double start_s = trial_seconds();
        if (plait_device_darts(device, &work, trial_silent, &hits, &done) != PLAIT_DEVICE_DONE)
            return false;
        seconds = trial_seconds() - start_s;
        device->facts.darts_per_s = 2 * (double)work.draws / seconds;
        work.draws *= 2;
    }
    return true;
}

static bool trial_rows_speed(struct plait_device *device) {
    double seconds = 0;
    for (uint32_t scale = 1; seconds < speed_s && scale <= 8; scale *= 2) {
        struct plait_escape_job job;
        const struct plait_device_rows work = plait_device_speed_rows(&job, scale);
        const size_t pixels = (size_t)work.rows * work.width;
        int32_t *counts = malloc(pixels * sizeof *counts);
        uint64_t steps = 0;
        uint32_t done;
        if (!counts)
            return true; /* what was measured before will do */
        const double start_s = trial_seconds();
        const enum plait_device_end end =
            plait_device_rows(device, &work, trial_silent, counts, &done);
        seconds = trial_seconds() - start_s;
        for (size_t k = 0; end == PLAIT_DEVICE_DONE && k < pixels; k++)
            steps += (uint64_t)counts[k];
        free(counts);
        if (end != PLAIT_DEVICE_DONE)
            return false;
        device->facts.steps_per_s = (double)steps / seconds;
    }
    return true;
}

struct plait_device_speed plait_device_speed_labels(void) {
    return (struct plait_device_speed){.dims = 32, .tiles = 16, .blocks = 1 << 11};
}

static bool trial_labels_speed(struct plait_device *device) {
    const struct plait_device_speed work = plait_device_speed_labels();
    const struct trial_labels t = trial_labels_draw(work.dims, work.tiles, work.blocks);
    const uint64_t points = work.blocks * PLAIT_KMEANS_BLOCK;
    const double products = (double)points * work.dims * work.tiles * PLAIT_KMEANS_TILE;
    int32_t *labels = malloc(points * sizeof *labels);
    struct plait_device_points *there =
        t.memory && labels ? plait_device_points_open(device, &t.copies) : NULL;
    enum plait_device_end end = there ? PLAIT_DEVICE_DONE : PLAIT_DEVICE_LOST;
    double seconds = 0;
    uint64_t done;
    if (there) /* sends the points */
        end = plait_device_labels(there, &t.centroids, trial_silent, labels, &done);
    for (uint32_t times = 1; end == PLAIT_DEVICE_DONE && seconds < speed_s && times <= 1 << 10;
         times *= 2) {
        const double start_s = trial_seconds();
        for (uint32_t k = 0; k < times && end == PLAIT_DEVICE_DONE; k++)
            end = plait_device_labels(there, &t.centroids, trial_silent, labels, &done);
        seconds = trial_seconds() - start_s;
        device->facts.products_per_s = products * times / seconds;
    }
    plait_device_points_close(there);
    free(t.memory);
    free(labels);
    return end == PLAIT_DEVICE_DONE;
}

/* What buffers must hold for labels to be tried: a driver that does not say has none. */
static const uint64_t labels_bytes = UINT64_C(1) << 23;

bool plait_device_try(struct plait_device *device, char *why) {
    const struct plait_escape_job mandelbrot = trial_mandelbrot(), julia = trial_julia(),
                                  returning = trial_returning();
    const bool rows = device->facts.doubles && device->pixels_max > 0;
    const bool labels =
        device->buffer_bytes >= labels_bytes && device->facts.memory_bytes / 8 >= labels_bytes;
    const uint64_t products_budget = device->products_budget;
    if (!trial_darts(device, why))
        return false;
    /* Whole launches; some tiles and some blocks at a time; one tile of one group of blocks. */
    if (labels &&
        (!trial_floats(device, why) || !trial_labels(device, 3, 4, 301, UINT64_C(1) << 24, why) ||
         !trial_labels(device, 17, 9, 61, UINT64_C(1) << 17, why) ||
         !trial_labels(device, 64, 3, 6, 1, why)))
        return false;
    device->products_budget = products_budget;
    if (rows && (!trial_arithmetic(device, why) || !trial_tile(device, &mandelbrot, why) ||
                 !trial_tile(device, &julia, why) || !trial_tile(device, &returning, why)))
        return false;
    device->facts.jobs =
        PLAIT_DOES_DARTS | (labels ? PLAIT_DOES_LABELS : 0) | (rows ? PLAIT_DOES_ROWS : 0);
    if (!trial_darts_speed(device) || (labels && !trial_labels_speed(device)) ||
        (rows && !trial_rows_speed(device)))
        return plait_device_refuse(why, "%s", device->why);
    return true;
}
