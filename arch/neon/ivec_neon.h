/* SPDX-License-Identifier: MIT
 * The vocabulary of integers for Armv8 Advanced SIMD: two lanes of 64 bits, which some words see as
 * four of 32 or eight of 16. */
#ifndef PLAIT_ARCH_IVEC_NEON_H
#define PLAIT_ARCH_IVEC_NEON_H

#include <arm_neon.h>
#include <stdbool.h>
#include <stdint.h>

enum { IVEC_LANES = 2 };
typedef uint64x2_t ivec_t;

static inline ivec_t ivec_set1(uint64_t v) {
    return vdupq_n_u64(v);
}
static inline ivec_t ivec_load(const uint64_t *p) {
    return vld1q_u64(p);
}
static inline void ivec_store(uint64_t *p, ivec_t v) {
    vst1q_u64(p, v);
}
static inline ivec_t ivec_add(ivec_t a, ivec_t b) {
    return vaddq_u64(a, b);
}
/* a * b modulo 2^64 from products of 32 bits: low a * low b, and in the upper half the low bits of
 * both cross products, which one multiplication gives side by side. */
static inline ivec_t ivec_mul(ivec_t a, ivec_t b) {
    const uint32x4_t swapped = vrev64q_u32(vreinterpretq_u32_u64(b));
    const uint32x4_t cross = vmulq_u32(vreinterpretq_u32_u64(a), swapped);
    return vmlal_u32(vshlq_n_u64(vpaddlq_u32(cross), 32), vmovn_u64(a), vmovn_u64(b));
}

#endif
