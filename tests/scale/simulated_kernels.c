/* SPDX-License-Identifier: MIT
 * The kernels compute as always, and their time is simulated: SCALE_FLOPS per dart or pixel,
 * whatever the machine needs for it. Linked by --wrap. */
#include "plait/darts.h"
#include "plait/escape.h"
#include "plait/kmeans.h"
#include "plait/smooth.h"

#include <mpi.h>
#include <simgrid/host.h>
#include <stdlib.h>

/* Passed to a kernel in place of the caller's progress: simulated time advances before it. */
struct simulated_work {
    struct plait_exec exec;
    const struct plait_exec *given;
    double unit_flops;
    uint64_t done;
};

/* The tiles of a dear unit would be long here, and rank 0 replies after a tile: simulated time
 * advances in steps. Other ranks only look for a reply that they have asked for long before. */
static bool work_advance(struct simulated_work *work, uint64_t done, uint64_t total) {
    int rank;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    const double step_flops = (rank == 0 ? 0.5e-3 : 20e-3) * sg_host_get_speed(sg_host_self());
    const double left_flops = (double)(done - work->done) * work->unit_flops;
    const uint64_t steps = 1 + (uint64_t)(left_flops / step_flops);
    const uint64_t before = work->done;
    for (uint64_t k = 1; k <= steps; k++) {
        work->done = before + (uint64_t)((double)(done - before) * (double)k / (double)steps);
        smpi_execute_flops(left_flops / (double)steps);
        if (work->given->progress &&
            !work->given->progress(work->given->progress_context, work->done, total))
            return false;
    }
    return true;
}

static bool work_progress(void *context, uint64_t done, uint64_t total) {
    struct simulated_work *work = context;
    return done <= work->done || work_advance(work, done, total);
}

static const struct plait_exec *work_begin(struct simulated_work *work,
                                           const struct plait_exec *exec, double units) {
    const char *flops = getenv("SCALE_FLOPS");
    *work = (struct simulated_work){
        .exec = *exec, .given = exec, .unit_flops = units * (flops ? strtod(flops, NULL) : 1000)};
    work->exec.progress = work_progress;
    work->exec.progress_context = work;
    return &work->exec;
}

static enum plait_status work_end(struct simulated_work *work, uint64_t total,
                                  enum plait_status status) {
    return status == PLAIT_OK && !work_progress(work, total, total) ? PLAIT_E_INTERRUPTED : status;
}

enum plait_status __real_plait_darts_add_hits(const struct plait_darts_range *range, uint64_t runs,
                                              const struct plait_exec *exec, uint64_t *hits);
enum plait_status __wrap_plait_darts_add_hits(const struct plait_darts_range *range, uint64_t runs,
                                              const struct plait_exec *exec, uint64_t *hits);
enum plait_status __wrap_plait_darts_add_hits(const struct plait_darts_range *range, uint64_t runs,
                                              const struct plait_exec *exec, uint64_t *hits) {
    struct simulated_work work;
    const enum plait_status status =
        __real_plait_darts_add_hits(range, runs, work_begin(&work, exec, 1), hits);
    return work_end(&work, range->count * runs, status);
}

enum plait_status __real_plait_escape_rows(const struct plait_escape *escape,
                                           const struct plait_exec *exec, uint32_t first,
                                           uint32_t rows, int32_t *counts);
enum plait_status __wrap_plait_escape_rows(const struct plait_escape *escape,
                                           const struct plait_exec *exec, uint32_t first,
                                           uint32_t rows, int32_t *counts);
enum plait_status __wrap_plait_escape_rows(const struct plait_escape *escape,
                                           const struct plait_exec *exec, uint32_t first,
                                           uint32_t rows, int32_t *counts) {
    struct simulated_work work;
    const enum plait_status status = __real_plait_escape_rows(
        escape, work_begin(&work, exec, escape->width), first, rows, counts);
    return work_end(&work, rows, status);
}
