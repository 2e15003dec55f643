/* SPDX-License-Identifier: MIT
 * Times the loops of a path's bound on all threads at once. */
#include "plait/limit.h"

#include "../arch/path.h"
#include "exec_is_valid.h"
#include "limit_rates.h"
#include "plait/pcg.h"

#include <omp.h>

/* Rounds of a loop take some 50 us: long against the clock, and short enough that one of several is
 * not interrupted. */
enum { LIMIT_TRIES = 8, DOUBLE_ROUNDS = 1 << 15, INTEGER_ROUNDS = 1 << 13 };

static double fastest_rate(plait_bound_fn *loop, uint64_t rounds) {
    double fastest = 0;
    for (int k = 0; k < LIMIT_TRIES; k++) {
        const double begun = omp_get_wtime();
        const double work = loop(rounds);
        const double seconds = omp_get_wtime() - begun;
        if (seconds > 0 && work / seconds > fastest)
            fastest = work / seconds;
    }
    return fastest;
}

static double limit_of_thread(const struct plait_bound *bound, enum plait_work work) {
    switch (work) {
    case PLAIT_WORK_STEPS:
        return limit_of_steps(fastest_rate(bound->fma, DOUBLE_ROUNDS),
                              fastest_rate(bound->mix, DOUBLE_ROUNDS));
    case PLAIT_WORK_DARTS_RXS64:
        return fastest_rate(bound->integer_add, INTEGER_ROUNDS) /
               bound->dart_operations[PLAIT_RXS64];
    case PLAIT_WORK_DARTS_PCG32:
        return fastest_rate(bound->integer_add, INTEGER_ROUNDS) /
               bound->dart_operations[PLAIT_PCG32];
    }
    return 0;
}

enum plait_status plait_limit_measure(const struct plait_exec *exec, enum plait_work work,
                                      double *per_second) {
    double sum = 0;
    if (!exec_is_valid(exec) || !per_second ||
        (work != PLAIT_WORK_STEPS && work != PLAIT_WORK_DARTS_RXS64 &&
         work != PLAIT_WORK_DARTS_PCG32))
        return PLAIT_E_ARGUMENT;
    const struct plait_bound *bound = exec->path->bound;
    if (bound) {
#pragma omp parallel num_threads(exec->threads) reduction(+ : sum)
        {
#pragma omp barrier /* threads that share a core's units do so in the loops, too */
            sum += limit_of_thread(bound, work);
        }
    }
    *per_second = sum;
    return PLAIT_OK;
}
