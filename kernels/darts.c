/* SPDX-License-Identifier: MIT
 * Darts over threads: checks a range of darts, cuts it into jobs that paths understand, of one run
 * or of many, and lets threads take jobs until none is left. */
#include "plait/darts.h"

#include "../arch/path.h"
#include "../arch/pcg.h"
#include "exec_is_valid.h"

#include <stdatomic.h>

/* Darts of a job. At most: a whole number of a path's longest stride for both generators
 * (arch/darts_body.h), and short enough for threads to end together. At least: long against the
 * jump to its first dart. */
static const uint64_t job_darts_max = UINT64_C(1) << 22;
static const uint64_t job_darts_min = UINT64_C(1) << 16;
/* What it costs to begin a run, in darts of the fastest path: so many tiny runs are a job. */
static const uint64_t job_overhead_darts = 256;

static bool generator_is_valid(enum plait_generator generator) {
    return generator == PLAIT_RXS64 || generator == PLAIT_PCG32;
}

static bool range_is_valid(uint64_t first, uint64_t count) {
    return first <= PLAIT_DARTS_MAX && count <= PLAIT_DARTS_MAX - first;
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

/* The work of one call: darts [first, first + count) of each of `runs` runs, cut into parts of
 * runs. A job is a part of a run, or several runs that are short. */
struct work {
    enum plait_generator generator;
    uint64_t first, count;
    uint64_t part, parts; /* darts of each part of a run but the last, and how many parts it has */
    uint64_t units, job;  /* parts of all runs, and how many of them are a job */
    uint64_t start;       /* state at the start of the first run */
    struct pcg_leap to_run; /* from the start of a run to that of the next */
};

/* Darts of each part of a run but the last. An even number: both halves of an output go the same
 * way. Runs seldom divide among threads, so parts of several are finer. */
static uint64_t cut(uint64_t count, uint64_t runs, int threads) {
    const uint64_t finer = runs > 1 && threads > 1 ? 8 : 1;
    const uint64_t share = count * runs / ((uint64_t)threads * finer) / 2 * 2 + 2;
    return share < job_darts_min ? job_darts_min : share < job_darts_max ? share : job_darts_max;
}

/* Short runs go together up to the least darts of a job, but no further than threads can share. */
static uint64_t group(const struct work *work, int threads) {
    const uint64_t most = job_darts_min / (work->count + job_overhead_darts);
    const uint64_t share = work->units / (uint64_t)threads;
    const uint64_t runs = most < share ? most : share;
    return work->parts > 1 || runs < 1 ? 1 : runs;
}

static struct work plan(enum plait_generator generator, uint64_t seed, uint64_t run, uint64_t runs,
                        uint64_t first, uint64_t count, int threads) {
    struct work work = {
        .generator = generator,
        .first = first,
        .count = count,
        .part = cut(count, runs, threads),
        .start = plait_pcg_run(seed, run),
        .to_run = pcg_leap_of(pcg_run_distance),
    };
    work.parts = count > 0 ? (count - 1) / work.part + 1 : 0;
    work.units = work.parts * runs;
    work.job = group(&work, threads);
    return work;
}

/* Counts units [from, from + units), which lie run by run; answers how many darts they are. */
static uint64_t do_job(const struct work *work, const struct plait_exec *exec, uint64_t from,
                       uint64_t units, uint64_t *hits) {
    uint64_t run = from / work->parts, part = from % work->parts, darts = 0;
    uint64_t start = pcg_leap_from(pcg_leap_of(run * pcg_run_distance), work->start);
    for (; units > 0; units--) {
        const uint64_t skip = part * work->part;
        const uint64_t left = work->count - skip;
        const struct plait_darts_job job = make_job(work->generator, start, work->first + skip,
                                                    left < work->part ? left : work->part);
        const uint64_t sum = exec->path->darts_hits(&job);
#pragma omp atomic
        hits[run] += sum;
        darts += job.count;
        if (++part == work->parts) {
            part = 0;
            run++;
            start = pcg_leap_from(work->to_run, start);
        }
    }
    return darts;
}

static bool runs_are_valid(uint64_t run, uint64_t runs) {
    return run <= PLAIT_DARTS_RUNS_MAX && runs <= PLAIT_DARTS_RUNS_MAX - run;
}

enum plait_status plait_darts_add_hits(enum plait_generator generator, uint64_t seed, uint64_t run,
                                       uint64_t runs, uint64_t first, uint64_t count,
                                       const struct plait_exec *exec, uint64_t *hits) {
    if (!generator_is_valid(generator) || !runs_are_valid(run, runs) ||
        !range_is_valid(first, count) || (runs > 0 && count > UINT64_MAX / runs) ||
        !exec_is_valid(exec))
        return PLAIT_E_ARGUMENT;
    const uint64_t total = count * runs;
    if (total == 0)
        return PLAIT_OK;
    const struct work work = plan(generator, seed, run, runs, first, count, exec->threads);
    const uint64_t jobs = (work.units - 1) / work.job + 1;
    const int threads = jobs < (uint64_t)exec->threads ? (int)jobs : exec->threads;
    atomic_uint_fast64_t next = 0, finished = 0;
    atomic_bool stop = false;

#pragma omp parallel num_threads(threads)
    {
        bool caller = false;
#pragma omp master
        caller = true;

        for (;;) {
            const uint64_t from = atomic_fetch_add(&next, work.job);
            if (from >= work.units || atomic_load_explicit(&stop, memory_order_relaxed))
                break;
            const uint64_t left = work.units - from;
            const uint64_t darts =
                do_job(&work, exec, from, left < work.job ? left : work.job, hits);
            const uint64_t done = atomic_fetch_add(&finished, darts) + darts;
            if (caller && exec->progress && !exec->progress(exec->progress_context, done, total))
                atomic_store(&stop, true);
        }
    }
    return atomic_load(&stop) ? PLAIT_E_INTERRUPTED : PLAIT_OK;
}

enum plait_status plait_darts_hits(enum plait_generator generator, uint64_t seed, uint64_t run,
                                   uint64_t first, uint64_t count, const struct plait_exec *exec,
                                   uint64_t *hits) {
    uint64_t sum = 0;
    const enum plait_status status =
        plait_darts_add_hits(generator, seed, run, 1, first, count, exec, &sum);
    if (status == PLAIT_OK)
        *hits = sum;
    return status;
}

enum plait_status plait_darts_throw(enum plait_generator generator, uint64_t seed, uint64_t run,
                                    uint64_t first, uint64_t count, struct plait_dart *darts) {
    if (!generator_is_valid(generator) || run >= PLAIT_DARTS_RUNS_MAX ||
        !range_is_valid(first, count))
        return PLAIT_E_ARGUMENT;
    const double unit = generator == PLAIT_PCG32 ? 0x1p-31 : 0x1p-48;
    struct plait_darts_job job = make_job(generator, plait_pcg_run(seed, run), first, count);
    for (uint64_t k = 0; k < count; k++) {
        const struct plait_darts_point p = plait_darts_reference_point(&job);
        darts[k] = (struct plait_dart){(double)p.x * unit, (double)p.y * unit, p.hit};
        plait_darts_reference_next(&job);
    }
    return PLAIT_OK;
}
