/* SPDX-License-Identifier: MIT
 * Darts over threads: checks a range of darts, cuts it into jobs that paths understand, and lets
 * threads take jobs until none is left. */
#include "plait/darts.h"

#include "../arch/path.h"
#include "exec_is_valid.h"

#include <stdatomic.h>

/* Darts of a job. At most: a whole number of a path's longest stride for both generators
 * (arch/darts_body.h), and short enough for threads to end together. At least: long against the
 * jump to its first dart. */
static const uint64_t job_darts_max = UINT64_C(1) << 22;
static const uint64_t job_darts_min = UINT64_C(1) << 16;

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

/* Darts of each job but the last. An even number: both halves of an output go the same way. */
static uint64_t cut(uint64_t count, int threads) {
    const uint64_t share = count / (uint64_t)threads / 2 * 2 + 2;
    return share < job_darts_min ? job_darts_min : share < job_darts_max ? share : job_darts_max;
}

enum plait_status plait_darts_hits(enum plait_generator generator, uint64_t seed, uint64_t run,
                                   uint64_t first, uint64_t count, const struct plait_exec *exec,
                                   uint64_t *hits) {
    if (!generator_is_valid(generator) || run >= PLAIT_DARTS_RUNS_MAX ||
        !range_is_valid(first, count) || !exec_is_valid(exec))
        return PLAIT_E_ARGUMENT;
    const uint64_t start = plait_pcg_run(seed, run);
    const uint64_t size = cut(count, exec->threads);
    const int threads = count > size ? exec->threads : 1;
    atomic_uint_fast64_t next = 0, finished = 0;
    atomic_bool stop = false;
    uint64_t sum = 0;

#pragma omp parallel num_threads(threads) reduction(+ : sum)
    {
        bool caller = false;
#pragma omp master
        caller = true;

        for (;;) {
            const uint64_t from = atomic_fetch_add(&next, size);
            if (from >= count || atomic_load_explicit(&stop, memory_order_relaxed))
                break;
            const uint64_t darts = count - from < size ? count - from : size;
            const struct plait_darts_job job = make_job(generator, start, first + from, darts);
            sum += exec->path->darts_hits(&job);

            const uint64_t done = atomic_fetch_add(&finished, darts) + darts;
            if (caller && exec->progress && !exec->progress(exec->progress_context, done, count))
                atomic_store(&stop, true);
        }
    }
    if (atomic_load(&stop))
        return PLAIT_E_INTERRUPTED;
    *hits = sum;
    return PLAIT_OK;
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
