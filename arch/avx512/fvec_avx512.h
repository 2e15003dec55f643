/* SPDX-License-Identifier: MIT
 * The vocabulary of floats for AVX-512: sixteen lanes. */
#ifndef PLAIT_ARCH_FVEC_AVX512_H
#define PLAIT_ARCH_FVEC_AVX512_H

#include <immintrin.h>
#include <stdint.h>

enum { FVEC_LANES = 16, FVEC_ROUNDINGS = 1 };
typedef __m512 fvec_t;
typedef __mmask16 fmask_t;

static inline fvec_t fvec_set1(float v) {
    return _mm512_set1_ps(v);
}
static inline fvec_t fvec_load(const float *p) {
    return _mm512_loadu_ps(p);
}
static inline void fvec_store(float *p, fvec_t v) {
    _mm512_storeu_ps(p, v);
}
static inline fvec_t fvec_add(fvec_t a, fvec_t b) {
    return _mm512_add_ps(a, b);
}
static inline fvec_t fvec_sub(fvec_t a, fvec_t b) {
    return _mm512_sub_ps(a, b);
}
static inline fvec_t fvec_mul(fvec_t a, fvec_t b) {
    return _mm512_mul_ps(a, b);
}
/* c - a * b, with FVEC_ROUNDINGS roundings */
static inline fvec_t fvec_fnma(fvec_t a, fvec_t b, fvec_t c) {
    return _mm512_fnmadd_ps(a, b, c);
}
static inline fvec_t fvec_min(fvec_t a, fvec_t b) {
    return _mm512_min_ps(a, b);
}
static inline fvec_t fvec_max(fvec_t a, fvec_t b) {
    return _mm512_max_ps(a, b);
}
static inline fvec_t fvec_sqrt(fvec_t v) {
    return _mm512_sqrt_ps(v);
}
/* v with the bits of `field` replaced by those of `tag` */
static inline fvec_t fvec_tag(fvec_t v, uint32_t field, uint32_t tag) {
    const __m512i select_tag = _mm512_set1_epi32((int)field);
    return _mm512_castsi512_ps(_mm512_ternarylogic_epi32(_mm512_castps_si512(v), select_tag,
                                                         _mm512_set1_epi32((int)tag), 0xb8));
}
static inline fmask_t fvec_less(fvec_t a, fvec_t b) {
    return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ);
}
static inline fvec_t fvec_select(fmask_t m, fvec_t yes, fvec_t no) {
    return _mm512_mask_blend_ps(m, no, yes);
}
/* bit k is lane k */
static inline uint32_t fvec_lanes(fmask_t m) {
    return m;
}
/* a vector whose lanes have these bits, of an integer that only select and store_fields look at */
static inline fvec_t fvec_set1_bits(uint32_t bits) {
    return _mm512_castsi512_ps(_mm512_set1_epi32((int)bits));
}
/* as integers, the bits of v in `field` and those of w outside it */
static inline void fvec_store_fields(int32_t *p, fvec_t v, fvec_t w, uint32_t field) {
    const __m512i select_v = _mm512_set1_epi32((int)field);
    _mm512_storeu_si512(p, _mm512_ternarylogic_epi32(_mm512_castps_si512(w), select_v,
                                                     _mm512_castps_si512(v), 0xb8));
}
/* bit k is whether lane k of two arrays of integers differs */
static inline uint32_t fvec_differ(const int32_t *p, const int32_t *q) {
    return _mm512_cmpneq_epi32_mask(_mm512_loadu_si512(p), _mm512_loadu_si512(q));
}

#endif
