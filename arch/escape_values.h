/* SPDX-License-Identifier: MIT
 * Smooth values of orbits that the escape kernel has ended, in vectors: every lane makes the
 * operations of smooth_value.h, in that order. */
#ifndef PLAIT_ARCH_ESCAPE_VALUES_H
#define PLAIT_ARCH_ESCAPE_VALUES_H

#include "escape.h"
#include "escape_ends.h"
#include "escape_steps.h"
#include "smooth_value.h"

#include <math.h>

/* plait_smooth_value where |z|^2 < PLAIT_SMOOTH_FAR in all lanes, calm, or in any */
static inline vec_t find_value(vec_t n, vec_t x, vec_t y, bool calm) {
    const vec_t one = vec_set1(1), two = vec_set1(2);
    vec_t m = vec_fma(x, x, vec_mul(y, y)), log;
    if (calm) {
        log = find_log2(vec_select(vec_less(m, two), two, m));
    } else {
        const mask_t near = vec_less(m, vec_set1(PLAIT_SMOOTH_FAR));
        const vec_t scale = vec_select(near, one, vec_set1(0x1p-512));
        const vec_t shift = vec_select(near, vec_set1(0), vec_set1(1024));
        const mask_t back = vec_less(m, two);
        x = vec_mul(x, scale);
        y = vec_mul(y, scale);
        m = vec_fma(x, x, vec_mul(y, y));
        log = vec_add(find_log2(vec_select(back, two, m)), shift);
    }
    const vec_t rest = vec_add(find_log2(log), vec_set1(PLAIT_SMOOTH_LOG2_HALF_LN2));
    return vec_fnma(rest, one, vec_add(n, one));
}

/* The same after the steps beyond the count, of which a lane that is not calm may make fewer. */
static inline vec_t finish_value(const struct group *g, int v, bool calm) {
    const vec_t far = vec_set1(PLAIT_SMOOTH_FAR);
    vec_t x = g->x[v], y = g->y[v], n = g->count[v];
    for (int s = 0; s < PLAIT_SMOOTH_STEPS; s++) {
        const vec_t old_x = x, old_y = y;
        step(&x, &y, g->cr[v], g->ci[v]);
        if (!calm) {
            const mask_t near = is_inside(old_x, old_y, far);
            x = vec_select(near, x, old_x);
            y = vec_select(near, y, old_y);
            n = escape_vec_count(n, near);
        }
    }
    return find_value(calm ? vec_add(n, vec_set1(PLAIT_SMOOTH_STEPS)) : n, x, y, calm);
}

/* The values of a group whose lanes rest where they left the disc (run_tested): INFINITY in those
 * that have made maxit steps. Lanes that are still inside get junk. */
static inline void find_values(const struct group *g, const struct plait_escape_job *job,
                               double *values) {
    const vec_t end = vec_set1(job->maxit);
    const bool calm = is_calm(g);
#pragma GCC unroll 8
    for (int v = 0; v < GROUP_VECS; v++) {
        const vec_t value = calm ? finish_value(g, v, true) : finish_value(g, v, false);
        vec_store(values + v * VEC_LANES,
                  vec_select(vec_less(g->count[v], end), value, vec_set1(INFINITY)));
    }
}

#endif
