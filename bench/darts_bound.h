/* SPDX-License-Identifier: MIT
 * The bound of the dart kernel on this machine: how many integer operations on vectors it does at
 * most. */
#ifndef PLAIT_BENCH_DARTS_BOUND_H
#define PLAIT_BENCH_DARTS_BOUND_H

#include <stdint.h>

/* Makes `count` operations and returns. */
typedef void darts_bound_fn(uint64_t count);

/* darts_bound_<path>.c defines darts_bound_<path>. */
struct darts_bound {
    const char *path;
    darts_bound_fn *run;
    double operations[2]; /* on vectors, per dart of each generator: counted in the path's kernel
                           * (docs/performance-darts.md) */
};

#endif
