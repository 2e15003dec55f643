/* SPDX-License-Identifier: MIT
 * Devices as users see them, and the speed of threads to compare them with. */
#include "plait/device.h"

#include "../arch/device_kind.h"
#include "../arch/path.h"
#include "device_rest.h"
#include "exec_is_valid.h"
#include "plait/darts.h"
#include "tasks.h"

#include <omp.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(PLAIT_DEVICE_WHY_BYTES == PLAIT_DEVICE_WHY, "a reason fits");

static const double speed_s = 20e-3; /* as the trial measures devices */

static enum plait_device_choice device_choice_of(enum plait_device_set set) {
    return set == PLAIT_GPUS ? PLAIT_CHOOSE_GPUS : PLAIT_CHOOSE_ALL;
}

bool plait_device_built(void) {
    return plait_device_kinds[0] != NULL;
}

size_t plait_device_count(enum plait_device_set set) {
    return plait_devices(device_choice_of(set));
}

struct plait_device *plait_device_open(enum plait_device_set set, size_t index,
                                       struct plait_device_info *info,
                                       char why[PLAIT_DEVICE_WHY_BYTES]) {
    struct plait_device_facts facts;
    struct plait_device *device = plait_device_acquire(device_choice_of(set), index, &facts, why);
    *info = (struct plait_device_info){
        .memory_bytes = facts.memory_bytes,
        .gpu = facts.gpu,
        .doubles = facts.doubles,
        .darts_per_s = device ? facts.darts_per_s : 0,
        .steps_per_s = device ? facts.steps_per_s : 0,
        .products_per_s = device ? facts.products_per_s : 0,
    };
    memcpy(info->name, facts.name, sizeof info->name);
    memcpy(info->driver, facts.driver, sizeof info->driver);
    return device;
}

void plait_device_close(struct plait_device *device) {
    plait_device_release(device);
}

bool plait_device_does(const struct plait_device *device, enum plait_device_job job) {
    static const uint32_t bits[] = {[PLAIT_JOB_DARTS] = PLAIT_DOES_DARTS,
                                    [PLAIT_JOB_ROWS] = PLAIT_DOES_ROWS,
                                    [PLAIT_JOB_LABELS] = PLAIT_DOES_LABELS};
    return (plait_device_jobs(device) & bits[job]) != 0;
}

void plait_device_on_loss(struct plait_device *device, plait_device_lost_fn *loss, void *context) {
    plait_device_notify(device, loss, context);
}

bool plait_rest_progress(void *context, uint64_t done, uint64_t total) {
    const struct plait_rest *rest = context;
    (void)total;
    return rest->exec->progress(rest->exec->progress_context, rest->before + done, rest->total);
}

struct plait_exec plait_rest_exec(struct plait_rest *rest) {
    struct plait_exec exec = *rest->exec;
    exec.device = NULL;
    exec.progress = exec.progress ? plait_rest_progress : NULL;
    exec.progress_context = rest;
    return exec;
}

/* -- speed of threads -------------------------------------------------------------------------- */

static double darts_speed(const struct plait_exec *exec) {
    struct plait_darts_range range = {.generator = PLAIT_RXS64, .count = UINT64_C(1) << 20};
    double speed = 0, seconds = 0;
    while (seconds < speed_s && range.count < UINT64_C(1) << 36) {
        uint64_t hits;
        const double start_s = omp_get_wtime();
        if (plait_darts_hits(&range, exec, &hits) != PLAIT_OK)
            return 0;
        seconds = omp_get_wtime() - start_s;
        speed = (double)range.count / (seconds + 1e-9);
        range.count *= 2;
    }
    return speed;
}

/* Rows of the view in an order that mixes it, a band a task, and no task once time is up. */
struct speed_work {
    const struct plait_device_rows *rows;
    plait_escape_tile_fn *escape_tile;
    int32_t *counts;
    double end_s;
};

enum { SPEED_BANDS = 64 };

static uint64_t speed_band(void *context, uint64_t task, int thread) {
    const struct speed_work *work = context;
    const uint32_t width = work->rows->width, band = work->rows->rows / SPEED_BANDS;
    const uint32_t row = (uint32_t)(task * 29 % SPEED_BANDS) * band;
    const struct plait_escape_tile tile = {row, 0, band, width};
    (void)thread;
    if (task > 0 && omp_get_wtime() > work->end_s)
        return 0;
    work->escape_tile(work->rows->job, &tile,
                      &(struct plait_escape_results){.counts = work->counts + (size_t)row * width,
                                                     .stride = width});
    return 0;
}

static double rows_speed(const struct plait_exec *exec) {
    double speed = 0, seconds = 0;
    for (uint32_t scale = 1; seconds < speed_s && scale <= 8; scale *= 2) {
        struct plait_escape_job job;
        const struct plait_device_rows rows = plait_device_speed_rows(&job, scale);
        const size_t pixels = (size_t)rows.rows * rows.width;
        int32_t *counts = calloc(pixels, sizeof *counts);
        const double start_s = omp_get_wtime();
        struct speed_work work = {&rows, PLAIT_PATH_KERNEL(exec->path, escape_tile), counts,
                                  start_s + 2 * speed_s};
        const struct plait_tasks tasks = {.run = speed_band,
                                          .context = &work,
                                          .count = SPEED_BANDS,
                                          .threads = exec->threads,
                                          .total = 1,
                                          .unit = 1};
        uint64_t steps = 0;
        if (!counts)
            return speed;
        plait_tasks_run(&tasks, exec);
        seconds = omp_get_wtime() - start_s;
        for (size_t k = 0; k < pixels; k++)
            steps += (uint64_t)counts[k];
        speed = (double)steps / (seconds + 1e-9);
        free(counts);
    }
    return speed;
}

/* Labels as threads find them: blocks against all tiles, some blocks a task. */
struct label_work {
    const struct plait_kmeans_path *path;
    struct plait_kmeans_floats centroids;
    const float *a, *squares;
    atomic_uint_fast64_t doubts; /* so that there is a result */
};

enum { LABEL_BLOCKS = 16 };

static uint64_t label_some_blocks(void *context, uint64_t task, int thread) {
    struct label_work *work = context;
    const int32_t labels[PLAIT_KMEANS_SCAN * PLAIT_KMEANS_BLOCK] = {0};
    (void)thread;
    for (uint64_t b = task * LABEL_BLOCKS; b < (task + 1) * LABEL_BLOCKS; b += PLAIT_KMEANS_SCAN) {
        struct plait_kmeans_news news;
        work->path->scan(&work->centroids, work->a + b * work->centroids.dims * PLAIT_KMEANS_BLOCK,
                         work->squares + b * PLAIT_KMEANS_BLOCK, labels, PLAIT_KMEANS_SCAN, &news);
        atomic_fetch_add(&work->doubts, news.doubt[0] & 1);
    }
    return 0;
}

/* The same shape as devices are measured on, with points and centroids that lie on a lattice. */
static double labels_speed(const struct plait_exec *exec) {
    const struct plait_device_speed shape = plait_device_speed_labels();
    const size_t points = shape.blocks * PLAIT_KMEANS_BLOCK;
    const size_t centroids = (size_t)shape.tiles * PLAIT_KMEANS_TILE;
    const size_t floats = (points + centroids) * (shape.dims + 1);
    float *a = NULL;
    if (posix_memalign((void **)&a, 64, floats * sizeof *a) != 0)
        return 0;
    float *squares = a + points * shape.dims, *b = squares + points,
          *h = b + centroids * shape.dims;
    for (size_t k = 0; k < floats; k++)
        a[k] = (float)(k * 40503 % 65536) * 0x1p-16f;
    struct label_work work = {.path = PLAIT_PATH_KERNEL(exec->path, kmeans)(),
                              .centroids = {shape.dims, shape.tiles, b, h, 0x1p-16f},
                              .a = a,
                              .squares = squares};
    const struct plait_tasks tasks = {.run = label_some_blocks,
                                      .context = &work,
                                      .count = shape.blocks / LABEL_BLOCKS,
                                      .threads = exec->threads,
                                      .total = 1,
                                      .unit = 1};
    double seconds = 0, speed = 0;
    for (uint64_t times = 1; seconds < speed_s && times <= 1 << 20; times *= 2) {
        const double start_s = omp_get_wtime();
        for (uint64_t k = 0; k < times; k++)
            plait_tasks_run(&tasks, exec);
        seconds = omp_get_wtime() - start_s;
        speed = (double)(points * centroids * shape.dims * times) / (seconds + 1e-9);
    }
    free(a);
    return speed;
}

double plait_exec_speed(const struct plait_exec *exec, enum plait_device_job job) {
    struct plait_exec threads = *exec;
    threads.device = NULL;
    threads.progress = NULL;
    if (!exec_is_valid(exec))
        return 0;
    switch (job) {
    case PLAIT_JOB_DARTS:
        return darts_speed(&threads);
    case PLAIT_JOB_ROWS:
        return rows_speed(&threads);
    default:
        return labels_speed(&threads);
    }
}
