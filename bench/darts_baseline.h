/* SPDX-License-Identifier: MIT
 * The baseline of bench_darts, callable from C. Its darts are those of PLAIT_PCG32, run 0. */
#ifndef PLAIT_BENCH_DARTS_BASELINE_H
#define PLAIT_BENCH_DARTS_BASELINE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

uint64_t darts_baseline(uint64_t seed, uint64_t darts);

#ifdef __cplusplus
}
#endif

#endif
