/* SPDX-License-Identifier: MIT
 * The vocabulary of doubles for AVX2 and FMA: four lanes. Where a word takes `lanes`, bit k stands
 * for lane k. */
#ifndef PLAIT_ARCH_VEC_AVX2_H
#define PLAIT_ARCH_VEC_AVX2_H

#include <immintrin.h>
#include <stdint.h>

enum { VEC_LANES = 4 };
typedef __m256d vec_t;
typedef __m256d mask_t; /* all ones in a true lane, all zeros in a false one */

static inline vec_t vec_set1(double v) {
    return _mm256_set1_pd(v);
}
static inline vec_t vec_load(const double *p) {
    return _mm256_loadu_pd(p);
}
static inline void vec_store(double *p, vec_t v) {
    _mm256_storeu_pd(p, v);
}
static inline vec_t vec_add(vec_t a, vec_t b) {
    return _mm256_add_pd(a, b);
}
static inline vec_t vec_mul(vec_t a, vec_t b) {
    return _mm256_mul_pd(a, b);
}
static inline vec_t vec_div(vec_t a, vec_t b) {
    return _mm256_div_pd(a, b);
}
static inline vec_t vec_sqrt(vec_t a) {
    return _mm256_sqrt_pd(a);
}
/* a * b + c, rounded once */
static inline vec_t vec_fma(vec_t a, vec_t b, vec_t c) {
    return _mm256_fmadd_pd(a, b, c);
}
/* c - a * b, rounded once */
static inline vec_t vec_fnma(vec_t a, vec_t b, vec_t c) {
    return _mm256_fnmadd_pd(a, b, c);
}
/* false where either is NaN, like vec_equal */
static inline mask_t vec_less(vec_t a, vec_t b) {
    return _mm256_cmp_pd(a, b, _CMP_LT_OQ);
}
static inline mask_t vec_equal(vec_t a, vec_t b) {
    return _mm256_cmp_pd(a, b, _CMP_EQ_OQ);
}
static inline vec_t vec_select(mask_t m, vec_t yes, vec_t no) {
    return _mm256_blendv_pd(no, yes, m);
}
static inline mask_t mask_and(mask_t a, mask_t b) {
    return _mm256_and_pd(a, b);
}
static inline mask_t mask_or(mask_t a, mask_t b) {
    return _mm256_or_pd(a, b);
}
/* a and not b */
static inline mask_t mask_except(mask_t a, mask_t b) {
    return _mm256_andnot_pd(b, a);
}
static inline unsigned mask_lanes(mask_t m) {
    return (unsigned)_mm256_movemask_pd(m);
}

static inline mask_t mask_of(unsigned lanes) {
    const __m256i bit = _mm256_setr_epi64x(1, 2, 4, 8);
    const __m256i named = _mm256_and_si256(_mm256_set1_epi64x((long long)lanes), bit);
    return _mm256_castsi256_pd(_mm256_cmpeq_epi64(named, bit));
}

#endif
