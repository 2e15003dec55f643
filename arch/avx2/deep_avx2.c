/* SPDX-License-Identifier: MIT
 * The AVX2 path of the deep counts. */
#include "../deep.h"
#include "vec_avx2.h"

/* x, y, s and radius of the places at[lane] + step. */
static inline void deep_vec_columns(const struct plait_deep_place *const *at, int step,
                                    vec_t column[4]) {
    const vec_t a = vec_load(&at[0][step].x), b = vec_load(&at[1][step].x);
    const vec_t c = vec_load(&at[2][step].x), d = vec_load(&at[3][step].x);
    const vec_t ab_low = _mm256_unpacklo_pd(a, b), ab_high = _mm256_unpackhi_pd(a, b);
    const vec_t cd_low = _mm256_unpacklo_pd(c, d), cd_high = _mm256_unpackhi_pd(c, d);
    column[0] = _mm256_permute2f128_pd(ab_low, cd_low, 0x20);
    column[1] = _mm256_permute2f128_pd(ab_high, cd_high, 0x20);
    column[2] = _mm256_permute2f128_pd(ab_low, cd_low, 0x31);
    column[3] = _mm256_permute2f128_pd(ab_high, cd_high, 0x31);
}
static inline vec_t deep_vec_negative(vec_t v) {
    return _mm256_xor_pd(v, _mm256_set1_pd(-0.0));
}
/* The larger of |x| and |y|. */
static inline vec_t deep_vec_sup(vec_t x, vec_t y) {
    const vec_t sign = _mm256_set1_pd(-0.0);
    return _mm256_max_pd(_mm256_andnot_pd(sign, x), _mm256_andnot_pd(sign, y));
}

enum { DEEP_VECTORS = 2 };
#define DEEP_VECS DEEP_VECTORS
#define DEEP_TILE plait_deep_tile_avx2
#include "../deep_body.h"
