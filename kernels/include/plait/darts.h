/* SPDX-License-Identifier: MIT
 * Darts thrown at the square [-1, 1)^2, and how many hit the circle: pi is about 4 hits / darts.
 *
 * A seed and a run name an endless row of darts (docs/determinism.md), and dart k is the same dart
 * on every machine. Hits are counted by integers, without rounding: the number of hits among darts
 * [first, first + count) is the same for any number of threads, any path and any split, and the sum
 * over parts is the number over the whole. */
#ifndef PLAIT_DARTS_H
#define PLAIT_DARTS_H

#include "plait/api.h"
#include "plait/exec.h"
#include "plait/pcg.h"
#include "plait/status.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PLAIT_DARTS_MAX (UINT64_C(1) << 62)      /* darts of one run */
#define PLAIT_DARTS_RUNS_MAX (UINT64_C(1) << 31) /* runs of one seed */

/* Whether `runs` runs, each of the first `darts` darts, are independent parts of the orbit:
 * PLAIT_OK; PLAIT_E_ARGUMENT where darts is not in 1 .. PLAIT_DARTS_MAX or runs not in 1 ..
 * PLAIT_DARTS_RUNS_MAX or the generator is neither; PLAIT_E_OVERLAP where a run takes more than
 * 2^64 / (3 runs) outputs, so that runs might draw the same ones. A run takes half an output per
 * dart with PLAIT_RXS64, two with PLAIT_PCG32. */
PLAIT_API enum plait_status plait_darts_check(enum plait_generator generator, uint64_t darts,
                                              uint64_t runs);

/* Darts [first, first + count) of a run. */
struct plait_darts_range {
    enum plait_generator generator; /* PLAIT_RXS64 or PLAIT_PCG32 */
    uint64_t seed;                  /* any number */
    uint64_t run;                   /* a run of the seed, 0 .. PLAIT_DARTS_RUNS_MAX - 1 */
    uint64_t first;                 /* the number of a dart, 0 .. PLAIT_DARTS_MAX */
    uint64_t count;                 /* darts, 0 .. PLAIT_DARTS_MAX - first */
};

/* Counts the hits among the darts of the range, on the threads of exec. Returns PLAIT_OK,
 * PLAIT_E_ARGUMENT, or PLAIT_E_INTERRUPTED; *hits is written on PLAIT_OK only. exec->progress
 * gets darts, range->count in total. */
PLAIT_API enum plait_status plait_darts_hits(const struct plait_darts_range *range,
                                             const struct plait_exec *exec, uint64_t *hits);

/* Adds to hits[k] the hits among the same darts of run range->run + k, for k of [0, runs): as
 * plait_darts_hits for each, but threads share the runs too, so that many short ones cost little
 * more than their darts. range->run + runs <= PLAIT_DARTS_RUNS_MAX, range->count * runs < 2^64;
 * either may be 0. Returns what plait_darts_hits returns; on PLAIT_E_INTERRUPTED, hits has some of
 * the darts. exec->progress gets darts, range->count * runs in total. */
PLAIT_API enum plait_status plait_darts_add_hits(const struct plait_darts_range *range,
                                                 uint64_t runs, const struct plait_exec *exec,
                                                 uint64_t *hits);

/* One dart: where it lies, exactly (its coordinates have at most 49 bits), and whether it hits. */
struct plait_dart {
    double x, y; /* -1 <= x, y < 1, in half sides of the square: the circle has radius 1 */
    bool hit;    /* inside the circle */
};

/* Writes the darts of the range, darts[range->count], by the scalar reference that every path is
 * measured against. Returns PLAIT_OK or PLAIT_E_ARGUMENT. Meant for pictures and samples: it is
 * slow. */
PLAIT_API enum plait_status plait_darts_throw(const struct plait_darts_range *range,
                                              struct plait_dart *darts);

#ifdef __cplusplus
}
#endif

#endif
