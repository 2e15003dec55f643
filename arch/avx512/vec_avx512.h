/* SPDX-License-Identifier: MIT
 * The vocabulary of doubles for AVX-512: eight lanes. Where a word takes `lanes`, bit k stands for
 * lane k. */
#ifndef PLAIT_ARCH_VEC_AVX512_H
#define PLAIT_ARCH_VEC_AVX512_H

#include <immintrin.h>
#include <stdint.h>

enum { VEC_LANES = 8 };
typedef __m512d vec_t;
typedef __mmask8 mask_t;

static inline vec_t vec_set1(double v) {
    return _mm512_set1_pd(v);
}
static inline vec_t vec_load(const double *p) {
    return _mm512_loadu_pd(p);
}
static inline void vec_store(double *p, vec_t v) {
    _mm512_storeu_pd(p, v);
}
static inline vec_t vec_add(vec_t a, vec_t b) {
    return _mm512_add_pd(a, b);
}
static inline vec_t vec_mul(vec_t a, vec_t b) {
    return _mm512_mul_pd(a, b);
}
static inline vec_t vec_div(vec_t a, vec_t b) {
    return _mm512_div_pd(a, b);
}
static inline vec_t vec_sqrt(vec_t a) {
    return _mm512_sqrt_pd(a);
}
/* a * b + c, rounded once */
static inline vec_t vec_fma(vec_t a, vec_t b, vec_t c) {
    return _mm512_fmadd_pd(a, b, c);
}
/* c - a * b, rounded once */
static inline vec_t vec_fnma(vec_t a, vec_t b, vec_t c) {
    return _mm512_fnmadd_pd(a, b, c);
}
/* false where either is NaN, like vec_equal */
static inline mask_t vec_less(vec_t a, vec_t b) {
    return _mm512_cmp_pd_mask(a, b, _CMP_LT_OQ);
}
static inline mask_t vec_equal(vec_t a, vec_t b) {
    return _mm512_cmp_pd_mask(a, b, _CMP_EQ_OQ);
}
static inline vec_t vec_select(mask_t m, vec_t yes, vec_t no) {
    return _mm512_mask_blend_pd(m, no, yes);
}
static inline mask_t mask_and(mask_t a, mask_t b) {
    return (mask_t)(a & b);
}
static inline mask_t mask_or(mask_t a, mask_t b) {
    return (mask_t)(a | b);
}
/* a and not b */
static inline mask_t mask_except(mask_t a, mask_t b) {
    return (mask_t)(a & ~b);
}
static inline unsigned mask_lanes(mask_t m) {
    return m;
}
static inline mask_t mask_of(unsigned lanes) {
    return (mask_t)lanes;
}

#endif
