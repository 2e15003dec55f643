/* SPDX-License-Identifier: MIT
 * The words of AVX2 that only the escape kernel and that of distances need (../escape_body.h). */
#ifndef PLAIT_ARCH_ESCAPE_WORDS_AVX2_H
#define PLAIT_ARCH_ESCAPE_WORDS_AVX2_H

#include "vec_avx2.h"

/* The lanes, small whole numbers, as integers. */
static inline void escape_vec_store_counts(int32_t *p, vec_t v) {
    _mm_storeu_si128((__m128i *)p, _mm256_cvttpd_epi32(v));
}
/* v + 1 in the true lanes */
static inline vec_t escape_vec_count(vec_t v, mask_t m) {
    return _mm256_add_pd(v, _mm256_and_pd(m, _mm256_set1_pd(1.0)));
}
/* v with its lanes moved by order[lanes], which names halves of lanes: AVX2 permutes 32-bit words
 * across the whole register, but no doubles by a variable. */
static inline vec_t escape_vec_permute(vec_t v, const uint8_t order[16][8], unsigned lanes) {
    const __m256i halves = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)order[lanes]));
    return _mm256_castsi256_pd(_mm256_permutevar8x32_epi32(_mm256_castpd_si256(v), halves));
}
/* Writes the named lanes one after the other; what follows them, up to VEC_LANES, becomes junk. */
static inline void escape_vec_pack(double *p, vec_t v, unsigned lanes) {
    static const uint8_t order[16][8] = {
        {0},
        {0, 1},
        {2, 3},
        {0, 1, 2, 3},
        {4, 5},
        {0, 1, 4, 5},
        {2, 3, 4, 5},
        {0, 1, 2, 3, 4, 5},
        {6, 7},
        {0, 1, 6, 7},
        {2, 3, 6, 7},
        {0, 1, 2, 3, 6, 7},
        {4, 5, 6, 7},
        {0, 1, 4, 5, 6, 7},
        {2, 3, 4, 5, 6, 7},
        {0, 1, 2, 3, 4, 5, 6, 7},
    };
    _mm256_storeu_pd(p, escape_vec_permute(v, order, lanes));
}
/* v with its named lanes replaced by p[0], p[1], ...; reads VEC_LANES doubles. */
static inline vec_t escape_vec_unpack(vec_t v, unsigned lanes, const double *p) {
    static const uint8_t order[16][8] = {
        {0},
        {0, 1},
        {0, 0, 0, 1},
        {0, 1, 2, 3},
        {0, 0, 0, 0, 0, 1},
        {0, 1, 0, 0, 2, 3},
        {0, 0, 0, 1, 2, 3},
        {0, 1, 2, 3, 4, 5},
        {0, 0, 0, 0, 0, 0, 0, 1},
        {0, 1, 0, 0, 0, 0, 2, 3},
        {0, 0, 0, 1, 0, 0, 2, 3},
        {0, 1, 2, 3, 0, 0, 4, 5},
        {0, 0, 0, 0, 0, 1, 2, 3},
        {0, 1, 0, 0, 2, 3, 4, 5},
        {0, 0, 0, 1, 2, 3, 4, 5},
        {0, 1, 2, 3, 4, 5, 6, 7},
    };
    return _mm256_blendv_pd(v, escape_vec_permute(_mm256_loadu_pd(p), order, lanes),
                            mask_of(lanes));
}

/* The e with v = 2^e f, sqrt(1/2) <= f < sqrt(2), for positive normal v; the f go to *fraction. */
static inline vec_t escape_vec_exponent(vec_t v, vec_t *fraction) {
    const __m256i root_half = _mm256_set1_epi64x(0x3fe6a09e667f3bcd);
    const __m256i one = _mm256_set1_epi64x(INT64_C(1023) << 52);
    const __m256i bits = _mm256_castpd_si256(v);
    const __m256i biased =
        _mm256_srli_epi64(_mm256_add_epi64(_mm256_sub_epi64(bits, root_half), one), 52);
    const __m256i shifted = _mm256_or_si256(biased, _mm256_set1_epi64x(0x4330000000000000));
    *fraction = _mm256_castsi256_pd(
        _mm256_add_epi64(_mm256_sub_epi64(bits, _mm256_slli_epi64(biased, 52)), one));
    return _mm256_sub_pd(_mm256_castsi256_pd(shifted), _mm256_set1_pd(0x1p+52 + 1023));
}

#endif
