/* SPDX-License-Identifier: MIT
 * The AVX-512 path of the deep counts. */
#include "../deep.h"
#include "vec_avx512.h"

/* The places of two lanes, side by side. */
static inline vec_t deep_vec_pair(const double *low, const double *high) {
    return _mm512_insertf64x4(_mm512_castpd256_pd512(_mm256_loadu_pd(low)), _mm256_loadu_pd(high),
                              1);
}
/* x, y, s and radius of the places at[lane] + step. */
static inline void deep_vec_columns(const struct plait_deep_place *const *at, int step,
                                    vec_t column[4]) {
    const __m512i first = _mm512_setr_epi64(0, 1, 8, 9, 4, 5, 12, 13);
    const __m512i second = _mm512_setr_epi64(2, 3, 10, 11, 6, 7, 14, 15);
    const vec_t a = deep_vec_pair(&at[0][step].x, &at[4][step].x);
    const vec_t b = deep_vec_pair(&at[1][step].x, &at[5][step].x);
    const vec_t c = deep_vec_pair(&at[2][step].x, &at[6][step].x);
    const vec_t d = deep_vec_pair(&at[3][step].x, &at[7][step].x);
    const vec_t ab_low = _mm512_unpacklo_pd(a, b), ab_high = _mm512_unpackhi_pd(a, b);
    const vec_t cd_low = _mm512_unpacklo_pd(c, d), cd_high = _mm512_unpackhi_pd(c, d);
    column[0] = _mm512_permutex2var_pd(ab_low, first, cd_low);
    column[1] = _mm512_permutex2var_pd(ab_high, first, cd_high);
    column[2] = _mm512_permutex2var_pd(ab_low, second, cd_low);
    column[3] = _mm512_permutex2var_pd(ab_high, second, cd_high);
}
static inline vec_t deep_vec_negative(vec_t v) {
    return _mm512_xor_pd(v, _mm512_set1_pd(-0.0));
}
/* The larger of |x| and |y|. */
static inline vec_t deep_vec_sup(vec_t x, vec_t y) {
    return _mm512_max_pd(_mm512_abs_pd(x), _mm512_abs_pd(y));
}

enum { DEEP_VECTORS = 3 };
#define DEEP_VECS DEEP_VECTORS
#define DEEP_TILE plait_deep_tile_avx512
#include "../deep_body.h"
