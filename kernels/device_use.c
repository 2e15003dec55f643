/* SPDX-License-Identifier: MIT
 * Devices as users see them, and the speed of threads to compare them with. */
#include "plait/device.h"

#include "../arch/device.h"
#include "../arch/path.h"
#include "device_rest.h"
#include "exec_is_valid.h"
#include "plait/darts.h"
#include "tasks.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(PLAIT_DEVICE_WHY_BYTES == PLAIT_DEVICE_WHY, "a reason fits");

static const double speed_s = 10e-3;

static enum plait_device_choice device_choice_of(enum plait_device_set set) {
    return set == PLAIT_GPUS ? PLAIT_CHOOSE_GPUS : PLAIT_CHOOSE_ALL;
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
    };
    memcpy(info->name, facts.name, sizeof info->name);
    memcpy(info->driver, facts.driver, sizeof info->driver);
    return device;
}

void plait_device_close(struct plait_device *device) {
    plait_device_release(device);
}

bool plait_device_does(const struct plait_device *device, enum plait_device_job job) {
    const uint32_t bit = job == PLAIT_JOB_DARTS ? PLAIT_DOES_DARTS : PLAIT_DOES_ROWS;
    return (plait_device_jobs(device) & bit) != 0;
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

double plait_exec_speed(const struct plait_exec *exec, enum plait_device_job job) {
    struct plait_exec threads = *exec;
    threads.device = NULL;
    threads.progress = NULL;
    if (!exec_is_valid(exec))
        return 0;
    return job == PLAIT_JOB_DARTS ? darts_speed(&threads) : rows_speed(&threads);
}
