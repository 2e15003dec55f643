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
    return _mm512_castsi512_ps(_mm512_ternarylogic_epi32(select_tag, _mm512_set1_epi32((int)tag),
                                                         _mm512_castps_si512(v), 0xca));
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

#endif
