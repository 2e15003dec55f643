/* SPDX-License-Identifier: MIT
 * The AVX-512 path of the deep counts. */
#include "../deep.h"
#include "ivec_avx512.h"
#include "vec_avx512.h"

/* The places of two lanes, side by side. */
static inline vec_t deep_vec_pair(const double *low, const double *high) {
    return _mm512_insertf64x4(_mm512_castpd256_pd512(_mm256_loadu_pd(low)), _mm256_loadu_pd(high),
                              1);
}
/* The four doubles at at[lane] + from, by columns. */
static inline void deep_vec_columns(const double *const *at, int from, vec_t column[4]) {
    const __m512i first = _mm512_setr_epi64(0, 1, 8, 9, 4, 5, 12, 13);
    const __m512i second = _mm512_setr_epi64(2, 3, 10, 11, 6, 7, 14, 15);
    const vec_t a = deep_vec_pair(at[0] + from, at[4] + from);
    const vec_t b = deep_vec_pair(at[1] + from, at[5] + from);
    const vec_t c = deep_vec_pair(at[2] + from, at[6] + from);
    const vec_t d = deep_vec_pair(at[3] + from, at[7] + from);
    const vec_t ab_low = _mm512_unpacklo_pd(a, b), ab_high = _mm512_unpackhi_pd(a, b);
    const vec_t cd_low = _mm512_unpacklo_pd(c, d), cd_high = _mm512_unpackhi_pd(c, d);
    column[0] = _mm512_permutex2var_pd(ab_low, first, cd_low);
    column[1] = _mm512_permutex2var_pd(ab_high, first, cd_high);
    column[2] = _mm512_permutex2var_pd(ab_low, second, cd_low);
    column[3] = _mm512_permutex2var_pd(ab_high, second, cd_high);
}
/* a * b - c, rounded once. */
static inline vec_t deep_vec_fms(vec_t a, vec_t b, vec_t c) {
    return _mm512_fmsub_pd(a, b, c);
}
/* The larger of |x| and |y|. */
static inline vec_t deep_vec_sup(vec_t x, vec_t y) {
    return _mm512_range_pd(x, y, 0x0B); /* the larger size, without a sign */
}
/* m, and a < b or not a < b, which NaN is not. */
static inline mask_t deep_mask_less(mask_t m, vec_t a, vec_t b) {
    return _mm512_mask_cmp_pd_mask(m, a, b, _CMP_LT_OQ);
}
static inline mask_t deep_mask_not_less(mask_t m, vec_t a, vec_t b) {
    return _mm512_mask_cmp_pd_mask(m, a, b, _CMP_NLT_UQ);
}
/* One more where m is true. */
static inline ivec_t deep_ivec_count(mask_t m, ivec_t count) {
    return _mm512_mask_add_epi64(count, m, count, _mm512_set1_epi64(1));
}
/* Addresses that number of places further. */
static inline ivec_t deep_ivec_places(ivec_t address, ivec_t places) {
    return _mm512_add_epi64(address, _mm512_slli_epi64(places, 5));
}
static inline ivec_t deep_ivec_select(mask_t m, ivec_t yes, ivec_t no) {
    return _mm512_mask_blend_epi64(m, no, yes);
}
static inline mask_t deep_ivec_equal(ivec_t a, ivec_t b) {
    return _mm512_cmpeq_epi64_mask(a, b);
}
/* With signs. */
static inline mask_t deep_ivec_less(ivec_t a, ivec_t b) {
    return _mm512_cmplt_epi64_mask(a, b);
}
static inline ivec_t deep_ivec_sub(ivec_t a, ivec_t b) {
    return _mm512_sub_epi64(a, b);
}
static inline ivec_t deep_ivec_bits(vec_t v) {
    return _mm512_castpd_si512(v);
}
/* floor(log2 v) of normal numbers v > 0. */
static inline ivec_t deep_ivec_exponent(vec_t v) {
    return _mm512_sub_epi64(_mm512_srli_epi64(deep_ivec_bits(v), 52), ivec_set1(1023));
}
/* 2^e, e -1022 .. 1023. */
static inline vec_t deep_vec_power(ivec_t e) {
    return _mm512_castsi512_pd(_mm512_slli_epi64(_mm512_add_epi64(e, ivec_set1(1023)), 52));
}
/* The lanes where n >= least; both are positive. */
static inline unsigned deep_ivec_reached(ivec_t n, uint64_t least) {
    return _mm512_cmpge_epi64_mask(n, ivec_set1(least));
}

enum { DEEP_VECTORS = 3 };
#define DEEP_VECS DEEP_VECTORS
#define DEEP_TILE plait_deep_tile_avx512
#include "../deep_body.h"
