/* SPDX-License-Identifier: MIT
 * The words of AVX-512 that only the escape kernel and that of distances need (../escape_body.h).
 */
#ifndef PLAIT_ARCH_ESCAPE_WORDS_AVX512_H
#define PLAIT_ARCH_ESCAPE_WORDS_AVX512_H

#include "vec_avx512.h"

/* The lanes, small whole numbers, as integers. */
static inline void escape_vec_store_counts(int32_t *p, vec_t v) {
    _mm256_storeu_si256((__m256i *)p, _mm512_cvttpd_epi32(v));
}
/* v + 1 in the true lanes */
static inline vec_t escape_vec_count(vec_t v, mask_t m) {
    return _mm512_mask_add_pd(v, m, v, _mm512_set1_pd(1.0));
}
/* Writes the named lanes one after the other; what follows them, up to VEC_LANES, becomes junk.
 * Compressed in the register: the form that compresses into memory is microcode on Zen 4. */
static inline void escape_vec_pack(double *p, vec_t v, unsigned lanes) {
    _mm512_storeu_pd(p, _mm512_maskz_compress_pd((__mmask8)lanes, v));
}
/* v with its named lanes replaced by p[0], p[1], ...; reads VEC_LANES doubles. */
static inline vec_t escape_vec_unpack(vec_t v, unsigned lanes, const double *p) {
    return _mm512_mask_expand_pd(v, (__mmask8)lanes, _mm512_loadu_pd(p));
}

/* The e with v = 2^e f, sqrt(1/2) <= f < sqrt(2), for positive normal v; the f go to *fraction. */
static inline vec_t escape_vec_exponent(vec_t v, vec_t *fraction) {
    const __m512i root_half = _mm512_set1_epi64(0x3fe6a09e667f3bcd);
    const __m512i one = _mm512_set1_epi64(INT64_C(1023) << 52);
    const __m512i bits = _mm512_castpd_si512(v);
    const __m512i biased =
        _mm512_srli_epi64(_mm512_add_epi64(_mm512_sub_epi64(bits, root_half), one), 52);
    const __m512i shifted = _mm512_or_si512(biased, _mm512_set1_epi64(0x4330000000000000));
    *fraction = _mm512_castsi512_pd(
        _mm512_add_epi64(_mm512_sub_epi64(bits, _mm512_slli_epi64(biased, 52)), one));
    return _mm512_sub_pd(_mm512_castsi512_pd(shifted), _mm512_set1_pd(0x1p+52 + 1023));
}

#endif
