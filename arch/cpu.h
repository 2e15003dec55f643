/* SPDX-License-Identifier: MIT
 * What this CPU can execute and this operating system saves on a context switch, as one mask of
 * bits. Compiled with the baseline flags of the platform, so that it runs anywhere. */
#ifndef PLAIT_ARCH_CPU_H
#define PLAIT_ARCH_CPU_H

#include <stdint.h>

enum {
    PLAIT_CPU_AVX2 = 1u << 0,
    PLAIT_CPU_FMA = 1u << 1,
    PLAIT_CPU_AVX512F = 1u << 2,
    PLAIT_CPU_AVX512BW = 1u << 3,
    PLAIT_CPU_AVX512DQ = 1u << 4,
    PLAIT_CPU_AVX512VL = 1u << 5,
    PLAIT_CPU_NEON = 1u << 6, /* Armv8 Advanced SIMD: two double lanes, fused multiply-add */
};

/* The mask of this machine. The same in every call of one process. */
uint32_t plait_cpu_features(void);

#endif
