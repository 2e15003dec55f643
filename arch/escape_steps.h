/* SPDX-License-Identifier: MIT
 * The step z -> z*z + c in vectors, and how many steps are made between two looks at the orbit: one
 * (tested) or a block (blind). Every lane makes the operations of docs/determinism.md, in that
 * order, whatever the other lanes do. */
#ifndef PLAIT_ARCH_ESCAPE_STEPS_H
#define PLAIT_ARCH_ESCAPE_STEPS_H

#include <stdbool.h>
#include <stdint.h>

enum { ALL_LANES = (1 << VEC_LANES) - 1, GROUP_LANES = GROUP_VECS * VEC_LANES };

static inline void step(vec_t *x, vec_t *y, vec_t cr, vec_t ci) {
    const vec_t cr_minus_y2 = vec_fnma(*y, *y, cr);
    /* x + x, not 2 * x: the same bits, and the units that add are idle while others multiply. */
    const vec_t double_x = vec_add(*x, *x);
    *x = vec_fma(*x, *x, cr_minus_y2);
    *y = vec_fma(double_x, *y, ci);
}

#if ESCAPE_DISTANCE
/* The step of the derivative, w -> 2 z w + one: before that of z. */
static inline void step_derivative(vec_t *wx, vec_t *wy, vec_t x, vec_t y, vec_t one) {
    const vec_t double_x = vec_add(x, x), double_y = vec_add(y, y);
    const vec_t one_minus = vec_fnma(double_y, *wy, one);
    const vec_t across = vec_mul(double_y, *wx);
    *wx = vec_fma(double_x, *wx, one_minus);
    *wy = vec_fma(double_x, *wy, across);
}
#endif

/* False for infinity and NaN too. */
static inline mask_t is_inside(vec_t x, vec_t y, vec_t limit) {
    return vec_less(vec_fma(x, x, vec_mul(y, y)), limit);
}

/* A few vectors whose orbits are tested at every step, side by side to hide the latency. */
struct group {
    vec_t x[GROUP_VECS], y[GROUP_VECS], cr[GROUP_VECS], ci[GROUP_VECS];
    vec_t count[GROUP_VECS];   /* steps made while inside */
    mask_t inside[GROUP_VECS]; /* lanes that count */
#if ESCAPE_DISTANCE
    vec_t wx[GROUP_VECS], wy[GROUP_VECS], one;
#endif
};

/* Makes up to `steps` steps and counts those that start inside the disc. A lane that left stays
 * out, even if its orbit comes back: it continues unseen, or stays at the z where it left (rest, a
 * constant, costs two moves a step). Ends early, with false, when no lane is left. */
static inline bool run_tested(struct group *g, int32_t steps, vec_t limit, bool rest) {
    for (int32_t s = 0; s < steps; s++) {
        mask_t any = g->inside[0] = mask_and(g->inside[0], is_inside(g->x[0], g->y[0], limit));
#pragma GCC unroll 8
        for (int v = 1; v < GROUP_VECS; v++) {
            g->inside[v] = mask_and(g->inside[v], is_inside(g->x[v], g->y[v], limit));
            any = mask_or(any, g->inside[v]);
        }
        if (!mask_lanes(any))
            return false;
#pragma GCC unroll 8
        for (int v = 0; v < GROUP_VECS; v++) {
            const vec_t x = g->x[v], y = g->y[v];
            g->count[v] = escape_vec_count(g->count[v], g->inside[v]);
#if ESCAPE_DISTANCE
            const vec_t wx = g->wx[v], wy = g->wy[v];
            step_derivative(&g->wx[v], &g->wy[v], x, y, g->one);
            g->wx[v] = vec_select(g->inside[v], g->wx[v], wx);
            g->wy[v] = vec_select(g->inside[v], g->wy[v], wy);
#endif
            step(&g->x[v], &g->y[v], g->cr[v], g->ci[v]);
            if (rest) {
                g->x[v] = vec_select(g->inside[v], g->x[v], x);
                g->y[v] = vec_select(g->inside[v], g->y[v], y);
            }
        }
    }
    return true;
}

#endif
