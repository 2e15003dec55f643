/* SPDX-License-Identifier: MIT
 * The bound of the dart kernel on this machine: how many integer operations on vectors it does at
 * most. Each function makes `count` of them and returns. */
#ifndef PLAIT_BENCH_DARTS_BOUND_H
#define PLAIT_BENCH_DARTS_BOUND_H

#include <stdint.h>

typedef void darts_bound_fn(uint64_t count);

darts_bound_fn darts_bound_avx2;
darts_bound_fn darts_bound_avx512;
darts_bound_fn darts_bound_neon;

#endif
