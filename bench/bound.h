/* SPDX-License-Identifier: MIT
 * The bound of the escape kernel on this machine: loops that do the work of `rounds` rounds and
 * answer how much that was, in operations of one lane, or for mix in steps of one pixel. */
#ifndef PLAIT_BENCH_BOUND_H
#define PLAIT_BENCH_BOUND_H

#include <stdint.h>

typedef double bound_fn(uint64_t rounds);

bound_fn bound_mix_avx2, bound_fma_avx2, bound_add_avx2;
bound_fn bound_mix_avx512, bound_fma_avx512, bound_add_avx512;
bound_fn bound_mix_neon, bound_fma_neon, bound_add_neon;

#endif
