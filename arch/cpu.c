/* SPDX-License-Identifier: MIT
 * Feature bits of this CPU and operating system. */
#include "cpu.h"

#if defined(__x86_64__) || defined(__i386__)

uint32_t plait_cpu_features(void) {
    /* The compiler's builtins test CPUID and XGETBV both: a bit is set only if the kernel saves the
     * registers that belong to it (Intel SDM vol. 1, 14.3 and 15.2). */
    uint32_t mask = 0;
    __builtin_cpu_init();
    mask |= __builtin_cpu_supports("avx2") ? PLAIT_CPU_AVX2 : 0;
    mask |= __builtin_cpu_supports("fma") ? PLAIT_CPU_FMA : 0;
    mask |= __builtin_cpu_supports("avx512f") ? PLAIT_CPU_AVX512F : 0;
    mask |= __builtin_cpu_supports("avx512bw") ? PLAIT_CPU_AVX512BW : 0;
    mask |= __builtin_cpu_supports("avx512dq") ? PLAIT_CPU_AVX512DQ : 0;
    mask |= __builtin_cpu_supports("avx512vl") ? PLAIT_CPU_AVX512VL : 0;
    mask |= __builtin_cpu_is("intel") ? PLAIT_CPU_SLOW_VPMULLQ : 0;
    return mask;
}

#elif defined(__aarch64__)

uint32_t plait_cpu_features(void) {
    /* Advanced SIMD is part of the Armv8-A baseline that Linux on aarch64 requires. */
    return PLAIT_CPU_NEON;
}

#else

uint32_t plait_cpu_features(void) {
    return 0;
}

#endif
