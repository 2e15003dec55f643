/* SPDX-License-Identifier: MIT
 * The NEON path of the deep counts. */
#include "../deep.h"
#include "vec_neon.h"

/* x, y, s and radius of the places at[lane] + step. */
static inline void deep_vec_columns(const struct plait_deep_place *const *at, int step,
                                    vec_t column[4]) {
    const vec_t a = vec_load(&at[0][step].x), b = vec_load(&at[1][step].x);
    const vec_t c = vec_load(&at[0][step].s), d = vec_load(&at[1][step].s);
    column[0] = vtrn1q_f64(a, b);
    column[1] = vtrn2q_f64(a, b);
    column[2] = vtrn1q_f64(c, d);
    column[3] = vtrn2q_f64(c, d);
}
static inline vec_t deep_vec_negative(vec_t v) {
    return vnegq_f64(v);
}
/* The larger of |x| and |y|. */
static inline vec_t deep_vec_sup(vec_t x, vec_t y) {
    return vmaxq_f64(vabsq_f64(x), vabsq_f64(y));
}

enum { DEEP_VECTORS = 3 };
#define DEEP_VECS DEEP_VECTORS
#define DEEP_TILE plait_deep_tile_neon
#include "../deep_body.h"
