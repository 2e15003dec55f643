/* SPDX-License-Identifier: MIT
 * The vocabulary of floats for Armv8 Advanced SIMD: four lanes. */
#ifndef PLAIT_ARCH_FVEC_NEON_H
#define PLAIT_ARCH_FVEC_NEON_H

#include <arm_neon.h>
#include <stdint.h>

enum { FVEC_LANES = 4, FVEC_ROUNDINGS = 1 };
typedef float32x4_t fvec_t;
typedef uint32x4_t fmask_t; /* all ones in a true lane, all zeros in a false one */

static inline fvec_t fvec_set1(float v) {
    return vdupq_n_f32(v);
}
static inline fvec_t fvec_load(const float *p) {
    return vld1q_f32(p);
}
static inline void fvec_store(float *p, fvec_t v) {
    vst1q_f32(p, v);
}
static inline fvec_t fvec_add(fvec_t a, fvec_t b) {
    return vaddq_f32(a, b);
}
static inline fvec_t fvec_sub(fvec_t a, fvec_t b) {
    return vsubq_f32(a, b);
}
static inline fvec_t fvec_mul(fvec_t a, fvec_t b) {
    return vmulq_f32(a, b);
}
/* c - a * b, with FVEC_ROUNDINGS roundings */
static inline fvec_t fvec_fnma(fvec_t a, fvec_t b, fvec_t c) {
    return vfmsq_f32(c, a, b);
}
static inline fvec_t fvec_min(fvec_t a, fvec_t b) {
    return vminq_f32(a, b);
}
static inline fvec_t fvec_max(fvec_t a, fvec_t b) {
    return vmaxq_f32(a, b);
}
static inline fvec_t fvec_sqrt(fvec_t v) {
    return vsqrtq_f32(v);
}
/* v with the bits of `field` replaced by those of `tag` */
static inline fvec_t fvec_tag(fvec_t v, uint32_t field, uint32_t tag) {
    const uint32x4_t kept = vbicq_u32(vreinterpretq_u32_f32(v), vdupq_n_u32(field));
    return vreinterpretq_f32_u32(vorrq_u32(kept, vdupq_n_u32(tag)));
}
static inline fmask_t fvec_less(fvec_t a, fvec_t b) {
    return vcltq_f32(a, b);
}
static inline fvec_t fvec_select(fmask_t m, fvec_t yes, fvec_t no) {
    return vbslq_f32(m, yes, no);
}
/* bit k is lane k */
static inline uint32_t fvec_lanes(fmask_t m) {
    const uint32x4_t bit = {1, 2, 4, 8};
    return vaddvq_u32(vandq_u32(m, bit));
}

#endif
