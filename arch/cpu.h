/* SPDX-License-Identifier: MIT
 * What this CPU can execute and this operating system saves on a context switch, as one mask of
 * bits. Compiled with the baseline flags of the platform, so that it runs anywhere. */
#ifndef PLAIT_ARCH_CPU_H
#define PLAIT_ARCH_CPU_H

#include <stdbool.h>
#include <stdint.h>

enum {
    PLAIT_CPU_AVX2 = 1u << 0,
    PLAIT_CPU_FMA = 1u << 1,
    PLAIT_CPU_AVX512F = 1u << 2,
    PLAIT_CPU_AVX512BW = 1u << 3,
    PLAIT_CPU_AVX512DQ = 1u << 4,
    PLAIT_CPU_AVX512VL = 1u << 5,
    PLAIT_CPU_NEON = 1u << 6, /* Armv8 Advanced SIMD: two double lanes, fused multiply-add */

    /* Not what it can do, but how fast: vpmullq is three operations (Intel), where it is one on
     * AMD. No path needs it. */
    PLAIT_CPU_SLOW_VPMULLQ = 1u << 7,
};

/* Whether a CPU of this mask goes through long ranges of darts by additions (struct
 * plait_darts_job) where its path can multiply instead. */
static inline bool plait_cpu_prefers_strides(uint32_t cpu) {
    return (cpu & PLAIT_CPU_SLOW_VPMULLQ) != 0;
}

/* The mask of this machine. The same in every call of one process. */
uint32_t plait_cpu_features(void);

#endif
