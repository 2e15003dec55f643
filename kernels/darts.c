/* SPDX-License-Identifier: MIT
 * Darts over threads: checks a range of darts, cuts it into jobs that paths understand, of one run
 * or of many, and lets threads take jobs until none is left. */
#include "plait/darts.h"

#include "../arch/cpu.h"
#include "../arch/darts_exact.h"
#include "../arch/device.h"
#include "../arch/path.h"
#include "device_rest.h"
#include "exec_is_valid.h"
#include "tasks.h"

/* Darts of a job. At most: a whole number of a path's longest stride for both generators
 * (arch/darts_body.h), and short enough for threads to end together. At least: long against the
 * jump to its first dart. */
static const uint64_t job_darts_max = UINT64_C(1) << 22;
static const uint64_t job_darts_min = UINT64_C(1) << 16;
/* What it costs to begin a run, in darts of the fastest path: tiny runs go together as a job. */
static const uint64_t job_overhead_darts = 256;

static bool generator_is_valid(enum plait_generator generator) {
    return generator == PLAIT_RXS64 || generator == PLAIT_PCG32;
}

/* Of this run and of the runs - 1 after it. */
static bool range_is_valid(const struct plait_darts_range *range, uint64_t runs) {
    return generator_is_valid(range->generator) && range->first <= PLAIT_DARTS_MAX &&
           range->count <= PLAIT_DARTS_MAX - range->first && range->run <= PLAIT_DARTS_RUNS_MAX &&
           runs <= PLAIT_DARTS_RUNS_MAX - range->run;
}

enum plait_status plait_darts_check(enum plait_generator generator, uint64_t darts, uint64_t runs) {
    if (!generator_is_valid(generator) || darts < 1 || darts > PLAIT_DARTS_MAX || runs < 1 ||
        runs > PLAIT_DARTS_RUNS_MAX)
        return PLAIT_E_ARGUMENT;
    const uint64_t outputs = generator == PLAIT_PCG32 ? 2 * darts : darts / 2 + darts % 2;
    /* 3 runs never divides 2^64, so 2^64 - 1 gives the same whole quotient. */
    return outputs > UINT64_MAX / (3 * runs) ? PLAIT_E_OVERLAP : PLAIT_OK;
}

/* The darts [first, first + count) of the run that begins at `start`. */
static struct plait_darts_job make_job(enum plait_generator generator, uint64_t start,
                                       uint64_t first, uint64_t count) {
    const bool pcg32 = generator == PLAIT_PCG32;
    return (struct plait_darts_job){
        .pcg32 = pcg32,
        .odd = !pcg32 && first % 2 != 0,
        .state = plait_pcg_jump(start, pcg32 ? 2 * first : first / 2),
        .count = count,
    };
}

/* The work of one call: the darts of a range in each of `runs` runs, cut into parts of runs. A job
 * is a part of a run, or several runs that are short. */
struct work {
    const struct plait_darts_range *range;
    plait_darts_hits_fn *darts_hits;
    bool strides;         /* of the jobs */
    uint64_t part, parts; /* darts of each part of a run but the last, and how many parts it has */
    uint64_t units, job;  /* parts of all runs, and how many of them are a job */
    uint64_t start;       /* state at the start of the first run */
    struct pcg_leap to_run; /* from the start of a run to that of the next */
    uint64_t *hits;         /* [runs] */
};

/* Darts of each part of a run but the last. An even number: both halves of an output go the same
 * way. Runs seldom divide among threads, so parts of several are finer. */
static uint64_t part_darts(uint64_t count, uint64_t runs, int threads) {
    const uint64_t finer = runs > 1 && threads > 1 ? 8 : 1;
    const uint64_t share = count * runs / ((uint64_t)threads * finer) / 2 * 2 + 2;
    return share < job_darts_min ? job_darts_min : share < job_darts_max ? share : job_darts_max;
}

/* Short runs go together up to the least darts of a job, but no further than threads can share. */
static uint64_t job_units(const struct work *work, int threads) {
    const uint64_t most = job_darts_min / (work->range->count + job_overhead_darts);
    const uint64_t share = work->units / (uint64_t)threads;
    const uint64_t runs = most < share ? most : share;
    return work->parts > 1 || runs < 1 ? 1 : runs;
}

/* plait_task_fn: counts the units of a job, which lie run by run; returns how many darts they are.
 */
static uint64_t do_job(void *context, uint64_t index, int thread) {
    const struct work *work = context;
    const struct plait_darts_range *range = work->range;
    const uint64_t from = index * work->job;
    const uint64_t left = work->units - from, units = left < work->job ? left : work->job;
    uint64_t run = from / work->parts, part = from % work->parts, darts = 0;
    uint64_t start = pcg_leap_from(pcg_leap_of(run * pcg_run_distance), work->start);
    (void)thread;
    for (uint64_t k = 0; k < units; k++) {
        const uint64_t skip = part * work->part, rest = range->count - skip;
        struct plait_darts_job job = make_job(range->generator, start, range->first + skip,
                                              rest < work->part ? rest : work->part);
        job.strides = work->strides;
        const uint64_t sum = work->darts_hits(&job);
#pragma omp atomic
        work->hits[run] += sum;
        darts += job.count;
        if (++part == work->parts) {
            part = 0;
            run++;
            start = pcg_leap_from(work->to_run, start);
        }
    }
    return darts;
}

/* Darts that a device is asked for, of all runs and of each: fewer are done before it has begun. */
static const uint64_t device_darts_min = UINT64_C(1) << 18;
static const uint64_t device_run_darts_min = 256;

/* The darts of the range that a device does: whole outputs of rxs64, which give two darts each. */
struct device_part {
    uint64_t first, count; /* darts */
    uint64_t per_draw;
};

static struct device_part device_part_of(const struct plait_darts_range *range) {
    if (range->generator == PLAIT_PCG32)
        return (struct device_part){range->first, range->count, 1};
    const uint64_t odd = range->first % 2;
    return (struct device_part){range->first + odd, (range->count - odd) / 2 * 2, 2};
}

/* The dart before the device's part, and the one after it, where they belong to the range. */
static void add_edges(const struct plait_darts_range *range, const struct device_part *part,
                      uint64_t runs, uint64_t *hits) {
    const uint64_t end = range->first + range->count, part_end = part->first + part->count;
    for (uint64_t run = 0; run < runs && part->count < range->count; run++) {
        const uint64_t start = plait_pcg_run(range->seed, range->run + run);
        if (range->first < part->first) {
            struct plait_darts_job job = make_job(range->generator, start, range->first, 1);
            hits[run] += darts_take_one(&job);
        }
        if (part_end < end) {
            struct plait_darts_job job = make_job(range->generator, start, part_end, 1);
            hits[run] += darts_take_one(&job);
        }
    }
}

/* plait_progress_fn: from draws to darts. */
static bool device_darts_progress(void *context, uint64_t done, uint64_t total) {
    const struct plait_rest *darts = context; /* before: darts of a draw */
    (void)total;
    return darts->exec->progress(darts->exec->progress_context, done * darts->before, darts->total);
}

/* What is left when a device has failed after `done` draws: the end of a run, and whole runs. */
static enum plait_status add_rest(const struct plait_darts_range *range,
                                  const struct device_part *part, uint64_t runs,
                                  const struct plait_exec *exec, uint64_t done, uint64_t *hits) {
    const uint64_t draws = part->count / part->per_draw, run = done / draws;
    const uint64_t skip = done % draws * part->per_draw;
    struct plait_rest rest = {exec, done * part->per_draw, range->count * runs};
    struct plait_exec threads = plait_rest_exec(&rest);
    struct plait_darts_range left = *range;
    left.run = range->run + run;
    left.first = part->first + skip;
    left.count = part->count - skip;
    const enum plait_status status =
        run < runs ? plait_darts_add_hits(&left, 1, &threads, hits + run) : PLAIT_OK;
    if (status != PLAIT_OK || run + 1 >= runs)
        return status;
    rest.before += left.count;
    left.run++;
    left.first = part->first;
    left.count = part->count;
    return plait_darts_add_hits(&left, runs - run - 1, &threads, hits + run + 1);
}

static enum plait_status add_device_hits(const struct plait_darts_range *range, uint64_t runs,
                                         const struct plait_exec *exec, uint64_t *hits) {
    const struct device_part part = device_part_of(range);
    const uint64_t outputs = range->generator == PLAIT_PCG32 ? 2 * part.first : part.first / 2;
    struct plait_rest darts = {exec, part.per_draw, range->count * runs};
    const struct plait_device_progress progress = {exec->progress ? device_darts_progress : NULL,
                                                   &darts};
    const struct plait_device_darts work = {
        .pcg32 = range->generator == PLAIT_PCG32,
        .start = plait_pcg_jump(plait_pcg_run(range->seed, range->run), outputs),
        .to_run = pcg_leap_of(pcg_run_distance),
        .draws = part.count / part.per_draw,
        .runs = runs,
    };
    uint64_t done;
    const enum plait_device_end end =
        plait_device_darts(exec->device, &work, progress, hits, &done);
    if (end == PLAIT_DEVICE_STOPPED)
        return PLAIT_E_INTERRUPTED;
    add_edges(range, &part, runs, hits);
    return end == PLAIT_DEVICE_DONE ? PLAIT_OK : add_rest(range, &part, runs, exec, done, hits);
}

enum plait_status plait_darts_add_hits(const struct plait_darts_range *range, uint64_t runs,
                                       const struct plait_exec *exec, uint64_t *hits) {
    if (!range_is_valid(range, runs) || (runs > 0 && range->count > UINT64_MAX / runs) ||
        !exec_is_valid(exec))
        return PLAIT_E_ARGUMENT;
    if (range->count * runs == 0)
        return PLAIT_OK;
    if (exec->device && (plait_device_jobs(exec->device) & PLAIT_DOES_DARTS) &&
        range->count >= device_run_darts_min && range->count * runs >= device_darts_min)
        return add_device_hits(range, runs, exec, hits);
    struct work work = {
        .range = range,
        .darts_hits = PLAIT_PATH_KERNEL(exec->path, darts_hits),
        .strides = plait_cpu_prefers_strides(plait_cpu_features()),
        .part = part_darts(range->count, runs, exec->threads),
        .start = plait_pcg_run(range->seed, range->run),
        .to_run = pcg_leap_of(pcg_run_distance),
        .hits = hits,
    };
    work.parts = (range->count - 1) / work.part + 1;
    work.units = work.parts * runs;
    work.job = job_units(&work, exec->threads);
    const uint64_t jobs = (work.units - 1) / work.job + 1;
    const struct plait_tasks tasks = {
        .run = do_job,
        .context = &work,
        .count = jobs,
        .threads = jobs < (uint64_t)exec->threads ? (int)jobs : exec->threads,
        .total = range->count * runs,
        .unit = 1,
    };
    return plait_tasks_run(&tasks, exec);
}

enum plait_status plait_darts_hits(const struct plait_darts_range *range,
                                   const struct plait_exec *exec, uint64_t *hits) {
    uint64_t sum = 0;
    const enum plait_status status = plait_darts_add_hits(range, 1, exec, &sum);
    if (status == PLAIT_OK)
        *hits = sum;
    return status;
}

enum plait_status plait_darts_throw(const struct plait_darts_range *range,
                                    struct plait_dart *darts) {
    if (!range_is_valid(range, 1))
        return PLAIT_E_ARGUMENT;
    const double unit = range->generator == PLAIT_PCG32 ? 0x1p-31 : 0x1p-48;
    struct plait_darts_job job = make_job(range->generator, plait_pcg_run(range->seed, range->run),
                                          range->first, range->count);
    for (uint64_t k = 0; k < range->count; k++) {
        const struct plait_darts_point p = plait_darts_reference_point(&job);
        darts[k] = (struct plait_dart){(double)p.x * unit, (double)p.y * unit, p.hit};
        plait_darts_reference_next(&job);
    }
    return PLAIT_OK;
}
