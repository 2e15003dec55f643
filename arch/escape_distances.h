/* SPDX-License-Identifier: MIT
 * Distances of orbits that the escape kernel has ended, in the place of smooth values
 * (escape_values.h): every lane makes the operations of distance_value.h, in that order. */
#ifndef PLAIT_ARCH_ESCAPE_DISTANCES_H
#define PLAIT_ARCH_ESCAPE_DISTANCES_H

#include "distance_value.h"
#include "escape.h"
#include "escape_ends.h"
#include "escape_steps.h"

#include <math.h>

/* plait_distance_finish where neither z nor w needs a scaling. */
static inline vec_t finish_calm_distance(const struct group *g, int v, double pitch) {
    const vec_t zero = vec_set1(0), unit = vec_set1(1), most = vec_set1(PLAIT_DISTANCE_MAX);
    vec_t x = g->x[v], y = g->y[v], wx = g->wx[v], wy = g->wy[v];
    for (int s = 0; s < PLAIT_SMOOTH_STEPS; s++) {
        step_derivative(&wx, &wy, x, y, g->one);
        step(&x, &y, g->cr[v], g->ci[v]);
    }
    const vec_t square = vec_fma(x, x, vec_mul(y, y));
    const vec_t outside = vec_select(vec_less(unit, square), square, unit);
    const vec_t log = vec_mul(find_log2(outside), vec_set1(PLAIT_DISTANCE_LN2));
    const vec_t derivative = vec_sqrt(vec_fma(wx, wx, vec_mul(wy, wy)));
    const vec_t value =
        vec_div(vec_div(vec_mul(vec_sqrt(square), log), derivative), vec_set1(pitch));
    const vec_t positive = vec_select(vec_less(zero, value), value, zero);
    return vec_select(vec_less(positive, most), positive, most);
}

/* The same in any case, lane by lane. */
static inline void finish_distances(const struct group *g, const struct plait_escape_job *job,
                                    double *values) {
    const double pitch = plait_distance_pitch(job->dx, job->dy), one = job->julia ? 0.0 : 1.0;
    double x[GROUP_LANES], y[GROUP_LANES], cr[GROUP_LANES], ci[GROUP_LANES];
    double wx[GROUP_LANES], wy[GROUP_LANES];
    for (int v = 0; v < GROUP_VECS; v++) {
        const int at = v * VEC_LANES;
        vec_store(x + at, g->x[v]);
        vec_store(y + at, g->y[v]);
        vec_store(cr + at, g->cr[v]);
        vec_store(ci + at, g->ci[v]);
        vec_store(wx + at, g->wx[v]);
        vec_store(wy + at, g->wy[v]);
    }
    for (int k = 0; k < GROUP_LANES; k++)
        values[k] = plait_distance_finish((struct plait_distance_orbit){x[k], y[k], wx[k], wy[k]},
                                          cr[k], ci[k], one, pitch);
}

/* Whether all lanes have |w| below 2^240: where z is calm, too, four steps multiply it by less than
 * 2^215, and it stays below 2^500. */
static inline bool is_derivative_calm(const struct group *g) {
    mask_t calm = mask_of(ALL_LANES);
#pragma GCC unroll 8
    for (int v = 0; v < GROUP_VECS; v++)
        calm = mask_and(calm, is_inside(g->wx[v], g->wy[v], vec_set1(0x1p+480)));
    return mask_lanes(calm) == ALL_LANES;
}

/* The distances of a group whose lanes rest where they left the disc (run_tested): INFINITY in
 * those that have made maxit steps. Lanes that are still inside get junk. */
static inline void find_values(const struct group *g, const struct plait_escape_job *job,
                               double *values) {
    const double pitch = plait_distance_pitch(job->dx, job->dy);
    const bool calm = is_calm(g) && is_derivative_calm(g);
    if (!calm)
        finish_distances(g, job, values);
#pragma GCC unroll 8
    for (int v = 0; v < GROUP_VECS; v++) {
        const vec_t value =
            calm ? finish_calm_distance(g, v, pitch) : vec_load(values + v * VEC_LANES);
        vec_store(values + v * VEC_LANES, vec_select(vec_less(g->count[v], vec_set1(job->maxit)),
                                                     value, vec_set1(INFINITY)));
    }
}

#endif
