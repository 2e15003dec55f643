/* SPDX-License-Identifier: MIT
 * The AVX2 path of the deep counts. */
#include "../deep.h"
#include "ivec_avx2.h"
#include "vec_avx2.h"

/* The four doubles at at[lane] + from, by columns. */
static inline void deep_vec_columns(const double *const *at, int from, vec_t column[4]) {
    const vec_t a = vec_load(at[0] + from), b = vec_load(at[1] + from);
    const vec_t c = vec_load(at[2] + from), d = vec_load(at[3] + from);
    const vec_t ab_low = _mm256_unpacklo_pd(a, b), ab_high = _mm256_unpackhi_pd(a, b);
    const vec_t cd_low = _mm256_unpacklo_pd(c, d), cd_high = _mm256_unpackhi_pd(c, d);
    column[0] = _mm256_permute2f128_pd(ab_low, cd_low, 0x20);
    column[1] = _mm256_permute2f128_pd(ab_high, cd_high, 0x20);
    column[2] = _mm256_permute2f128_pd(ab_low, cd_low, 0x31);
    column[3] = _mm256_permute2f128_pd(ab_high, cd_high, 0x31);
}
/* a * b - c, rounded once. */
static inline vec_t deep_vec_fms(vec_t a, vec_t b, vec_t c) {
    return _mm256_fmsub_pd(a, b, c);
}
/* The larger of |x| and |y|. */
static inline vec_t deep_vec_sup(vec_t x, vec_t y) {
    const vec_t sign = _mm256_set1_pd(-0.0);
    return _mm256_max_pd(_mm256_andnot_pd(sign, x), _mm256_andnot_pd(sign, y));
}
/* m, and a < b or not a < b, which NaN is not. */
static inline mask_t deep_mask_less(mask_t m, vec_t a, vec_t b) {
    return _mm256_and_pd(m, _mm256_cmp_pd(a, b, _CMP_LT_OQ));
}
static inline mask_t deep_mask_not_less(mask_t m, vec_t a, vec_t b) {
    return _mm256_and_pd(m, _mm256_cmp_pd(a, b, _CMP_NLT_UQ));
}
/* One more where m is true. */
static inline ivec_t deep_ivec_count(mask_t m, ivec_t count) {
    return _mm256_sub_epi64(count, _mm256_castpd_si256(m));
}
/* Addresses that number of places further. */
static inline ivec_t deep_ivec_places(ivec_t address, ivec_t places) {
    return _mm256_add_epi64(address, _mm256_slli_epi64(places, 5));
}
static inline ivec_t deep_ivec_select(mask_t m, ivec_t yes, ivec_t no) {
    return _mm256_blendv_epi8(no, yes, _mm256_castpd_si256(m));
}
static inline mask_t deep_ivec_equal(ivec_t a, ivec_t b) {
    return _mm256_castsi256_pd(_mm256_cmpeq_epi64(a, b));
}
/* With signs. */
static inline mask_t deep_ivec_less(ivec_t a, ivec_t b) {
    return _mm256_castsi256_pd(_mm256_cmpgt_epi64(b, a));
}
static inline ivec_t deep_ivec_sub(ivec_t a, ivec_t b) {
    return _mm256_sub_epi64(a, b);
}
static inline ivec_t deep_ivec_bits(vec_t v) {
    return _mm256_castpd_si256(v);
}
/* floor(log2 v) of normal numbers v > 0. */
static inline ivec_t deep_ivec_exponent(vec_t v) {
    return _mm256_sub_epi64(_mm256_srli_epi64(deep_ivec_bits(v), 52), ivec_set1(1023));
}
/* 2^e, e -1022 .. 1023. */
static inline vec_t deep_vec_power(ivec_t e) {
    return _mm256_castsi256_pd(_mm256_slli_epi64(_mm256_add_epi64(e, ivec_set1(1023)), 52));
}
/* The lanes where n >= least; both are positive. */
static inline unsigned deep_ivec_reached(ivec_t n, uint64_t least) {
    return mask_lanes(_mm256_castsi256_pd(_mm256_cmpgt_epi64(n, ivec_set1(least - 1))));
}

enum { DEEP_VECTORS = 3 };
#define DEEP_VECS DEEP_VECTORS
#define DEEP_TILE plait_deep_tile_avx2
#include "../deep_body.h"
