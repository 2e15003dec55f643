/* SPDX-License-Identifier: MIT
 * The vocabulary of doubles for Armv8 Advanced SIMD: two lanes. Where a word takes `lanes`, bit k
 * stands for lane k. */
#ifndef PLAIT_ARCH_VEC_NEON_H
#define PLAIT_ARCH_VEC_NEON_H

#include <arm_neon.h>
#include <stdint.h>

enum { VEC_LANES = 2 };
typedef float64x2_t vec_t;
typedef uint64x2_t mask_t; /* all ones in a true lane, all zeros in a false one */

static inline vec_t vec_set1(double v) {
    return vdupq_n_f64(v);
}
static inline vec_t vec_load(const double *p) {
    return vld1q_f64(p);
}
static inline void vec_store(double *p, vec_t v) {
    vst1q_f64(p, v);
}
static inline vec_t vec_add(vec_t a, vec_t b) {
    return vaddq_f64(a, b);
}
static inline vec_t vec_mul(vec_t a, vec_t b) {
    return vmulq_f64(a, b);
}
static inline vec_t vec_div(vec_t a, vec_t b) {
    return vdivq_f64(a, b);
}
static inline vec_t vec_sqrt(vec_t a) {
    return vsqrtq_f64(a);
}
/* a * b + c, rounded once */
static inline vec_t vec_fma(vec_t a, vec_t b, vec_t c) {
    return vfmaq_f64(c, a, b);
}
/* c - a * b, rounded once */
static inline vec_t vec_fnma(vec_t a, vec_t b, vec_t c) {
    return vfmsq_f64(c, a, b);
}
/* false where either is NaN, like vec_equal */
static inline mask_t vec_less(vec_t a, vec_t b) {
    return vcltq_f64(a, b);
}
static inline mask_t vec_equal(vec_t a, vec_t b) {
    return vceqq_f64(a, b);
}
static inline vec_t vec_select(mask_t m, vec_t yes, vec_t no) {
    return vbslq_f64(m, yes, no);
}
static inline mask_t mask_and(mask_t a, mask_t b) {
    return vandq_u64(a, b);
}
static inline mask_t mask_or(mask_t a, mask_t b) {
    return vorrq_u64(a, b);
}
/* a and not b */
static inline mask_t mask_except(mask_t a, mask_t b) {
    return vbicq_u64(a, b);
}
static inline unsigned mask_lanes(mask_t m) {
    return (unsigned)(vgetq_lane_u64(m, 0) & 1) | (unsigned)(vgetq_lane_u64(m, 1) & 2);
}
static inline mask_t mask_of(unsigned lanes) {
    return vcombine_u64(vcreate_u64(lanes & 1 ? ~UINT64_C(0) : 0),
                        vcreate_u64(lanes & 2 ? ~UINT64_C(0) : 0));
}

#endif
