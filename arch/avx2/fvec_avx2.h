/* SPDX-License-Identifier: MIT
 * The vocabulary of floats for AVX2 and FMA: eight lanes. */
#ifndef PLAIT_ARCH_FVEC_AVX2_H
#define PLAIT_ARCH_FVEC_AVX2_H

#include <immintrin.h>
#include <stdint.h>

enum { FVEC_LANES = 8, FVEC_ROUNDINGS = 1 };
typedef __m256 fvec_t;
typedef __m256 fmask_t; /* all ones in a true lane, all zeros in a false one */

static inline fvec_t fvec_set1(float v) {
    return _mm256_set1_ps(v);
}
static inline fvec_t fvec_load(const float *p) {
    return _mm256_loadu_ps(p);
}
static inline void fvec_store(float *p, fvec_t v) {
    _mm256_storeu_ps(p, v);
}
static inline fvec_t fvec_add(fvec_t a, fvec_t b) {
    return _mm256_add_ps(a, b);
}
static inline fvec_t fvec_sub(fvec_t a, fvec_t b) {
    return _mm256_sub_ps(a, b);
}
static inline fvec_t fvec_mul(fvec_t a, fvec_t b) {
    return _mm256_mul_ps(a, b);
}
/* c - a * b, with FVEC_ROUNDINGS roundings */
static inline fvec_t fvec_fnma(fvec_t a, fvec_t b, fvec_t c) {
    return _mm256_fnmadd_ps(a, b, c);
}
static inline fvec_t fvec_min(fvec_t a, fvec_t b) {
    return _mm256_min_ps(a, b);
}
static inline fvec_t fvec_max(fvec_t a, fvec_t b) {
    return _mm256_max_ps(a, b);
}
static inline fvec_t fvec_sqrt(fvec_t v) {
    return _mm256_sqrt_ps(v);
}
/* v with the bits of `field` replaced by those of `tag` */
static inline fvec_t fvec_tag(fvec_t v, uint32_t field, uint32_t tag) {
    const __m256 keep = _mm256_castsi256_ps(_mm256_set1_epi32((int)~field));
    const __m256 bits = _mm256_castsi256_ps(_mm256_set1_epi32((int)tag));
    return _mm256_or_ps(_mm256_and_ps(v, keep), bits);
}
static inline fmask_t fvec_less(fvec_t a, fvec_t b) {
    return _mm256_cmp_ps(a, b, _CMP_LT_OQ);
}
static inline fvec_t fvec_select(fmask_t m, fvec_t yes, fvec_t no) {
    return _mm256_blendv_ps(no, yes, m);
}
/* bit k is lane k */
static inline uint32_t fvec_lanes(fmask_t m) {
    return (uint32_t)_mm256_movemask_ps(m);
}
/* a vector whose lanes have these bits, of an integer that only select and store_fields look at */
static inline fvec_t fvec_set1_bits(uint32_t bits) {
    return _mm256_castsi256_ps(_mm256_set1_epi32((int)bits));
}
/* as integers, the bits of v in `field` and those of w outside it */
static inline void fvec_store_fields(int32_t *p, fvec_t v, fvec_t w, uint32_t field) {
    const __m256 select_v = _mm256_castsi256_ps(_mm256_set1_epi32((int)field));
    const __m256 bits = _mm256_or_ps(_mm256_and_ps(select_v, v), _mm256_andnot_ps(select_v, w));
    _mm256_storeu_si256((__m256i *)p, _mm256_castps_si256(bits));
}
/* bit k is whether lane k of two arrays of integers differs */
static inline uint32_t fvec_differ(const int32_t *p, const int32_t *q) {
    const __m256i same = _mm256_cmpeq_epi32(_mm256_loadu_si256((const __m256i *)p),
                                            _mm256_loadu_si256((const __m256i *)q));
    return 0xff ^ (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(same));
}

#endif
