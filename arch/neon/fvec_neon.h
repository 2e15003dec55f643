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
/* a vector whose lanes have these bits, of an integer that only select and store_fields look at */
static inline fvec_t fvec_set1_bits(uint32_t bits) {
    return vreinterpretq_f32_u32(vdupq_n_u32(bits));
}
/* as integers, the bits of v in `field` and those of w outside it */
static inline void fvec_store_fields(int32_t *p, fvec_t v, fvec_t w, uint32_t field) {
    const uint32x4_t bits =
        vbslq_u32(vdupq_n_u32(field), vreinterpretq_u32_f32(v), vreinterpretq_u32_f32(w));
    vst1q_s32(p, vreinterpretq_s32_u32(bits));
}
/* bit k is whether lane k of two arrays of integers differs */
static inline uint32_t fvec_differ(const int32_t *p, const int32_t *q) {
    return 0xf ^ fvec_lanes(vceqq_s32(vld1q_s32(p), vld1q_s32(q)));
}

#endif
