/* SPDX-License-Identifier: MIT
 * What smooth values and distances of ended orbits have in common (escape_values.h,
 * escape_distances.h). */
#ifndef PLAIT_ARCH_ESCAPE_ENDS_H
#define PLAIT_ARCH_ESCAPE_ENDS_H

#include "escape_steps.h"
#include "smooth_value.h"

/* plait_smooth_log2 */
static inline vec_t find_log2(vec_t a) {
    const double two_over_ln2 = PLAIT_SMOOTH_TWO_OVER_LN2;
    const vec_t one = vec_set1(1);
    vec_t f;
    const vec_t e = escape_vec_exponent(a, &f);
    const vec_t s = vec_div(vec_add(f, vec_set1(-1)), vec_add(f, one));
    const vec_t t = vec_mul(s, s);
    vec_t sum = vec_set1(two_over_ln2 / 17);
    sum = vec_fma(sum, t, vec_set1(two_over_ln2 / 15));
    sum = vec_fma(sum, t, vec_set1(two_over_ln2 / 13));
    sum = vec_fma(sum, t, vec_set1(two_over_ln2 / 11));
    sum = vec_fma(sum, t, vec_set1(two_over_ln2 / 9));
    sum = vec_fma(sum, t, vec_set1(two_over_ln2 / 7));
    sum = vec_fma(sum, t, vec_set1(two_over_ln2 / 5));
    sum = vec_fma(sum, t, vec_set1(two_over_ln2 / 3));
    sum = vec_fma(sum, t, vec_set1(two_over_ln2));
    return vec_fma(sum, s, e);
}

/* Whether all lanes have |z| and |c| below 2^14: after four steps |z| is below 2^239 then, and so
 * |z|^2 below PLAIT_SMOOTH_FAR. That is so for all pictures that people look at. */
static inline bool is_calm(const struct group *g) {
    const vec_t limit = vec_set1(0x1p+28);
    mask_t calm = mask_of(ALL_LANES);
#pragma GCC unroll 8
    for (int v = 0; v < GROUP_VECS; v++) {
        calm = mask_and(calm, is_inside(g->x[v], g->y[v], limit));
        calm = mask_and(calm, is_inside(g->cr[v], g->ci[v], limit));
    }
    return mask_lanes(calm) == ALL_LANES;
}

#endif
