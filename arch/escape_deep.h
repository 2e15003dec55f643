/* SPDX-License-Identifier: MIT
 * The deep loop of the escape kernel: orbits that survived the prefix, DEEP_VECS vectors of them
 * side by side, in blocks of many steps with one look after each. A lane whose orbit ends, by
 * escape, at maxit or in a cycle, is filled again at once, so that the vectors stay full. */
#ifndef PLAIT_ARCH_ESCAPE_DEEP_H
#define PLAIT_ARCH_ESCAPE_DEEP_H

#include "escape.h"
#include "escape_orbits.h"
#include "escape_steps.h"
#if ESCAPE_DISTANCE
#include "escape_distances.h"
#else
#include "escape_values.h"
#endif

#include <math.h>

enum { DEEP_LANES = DEEP_VECS * VEC_LANES };
_Static_assert(DEEP_LANES <= 64 && GROUP_LANES <= 64, "sets of lanes are the bits of a uint64_t");

/* How maxit is divided: `prefix` tested steps, then blocks of `block` steps, a multiple of UNROLL.
 */
struct plan {
    int32_t maxit, prefix, block;
};

struct deep {
    struct orbits lanes; /* made: less `steps`, so that it need not be counted up */
    double old_x[ORBITS_MAX], old_y[ORBITS_MAX]; /* before the last block */
#if ESCAPE_DISTANCE
    double old_wx[ORBITS_MAX], old_wy[ORBITS_MAX];
    vec_t one; /* of the derivative's step */
#endif
    double saved_x[ORBITS_MAX], saved_y[ORBITS_MAX]; /* an earlier state; NaN: none */
    double save_at[ORBITS_MAX]; /* the next one is saved after that many steps */
    uint64_t busy;              /* lanes that hold an orbit; the others iterate junk */
    double steps;               /* steps made by all lanes together since the start */
    struct orbits escaped;      /* rolled back, waiting for their replay */
};

static inline unsigned lanes_of(uint64_t set, int v) {
    return (unsigned)(set >> (v * VEC_LANES)) & ALL_LANES;
}

/* Makes the compiler forget what it has loaded from `memory`: it would else keep c in registers and
 * push x and y out of them. */
static inline void forget(const void *memory) {
    __asm__ volatile("" : : "r"(memory) : "memory");
}

/* Makes `steps` steps without a look and returns the lanes that are outside then.
 *
 * Exact where the guard holds (job->blind_min_cr): an orbit that has escaped never comes back, so
 * one that is inside after the block was inside all the time, and one that is outside is rolled
 * back and replayed step by step. */
__attribute__((noinline)) static uint64_t run_blind_block(struct deep *d, int32_t steps,
                                                          vec_t limit) {
    struct orbits *lanes = &d->lanes;
    vec_t x[DEEP_VECS], y[DEEP_VECS];
    uint64_t inside = 0;

#pragma GCC unroll 8
    for (int v = 0; v < DEEP_VECS; v++) {
        x[v] = vec_load(lanes->x + v * VEC_LANES);
        y[v] = vec_load(lanes->y + v * VEC_LANES);
        vec_store(d->old_x + v * VEC_LANES, x[v]);
        vec_store(d->old_y + v * VEC_LANES, y[v]);
    }
#if ESCAPE_DISTANCE
    vec_t wx[DEEP_VECS], wy[DEEP_VECS];
    const vec_t one = d->one;
#pragma GCC unroll 8
    for (int v = 0; v < DEEP_VECS; v++) {
        wx[v] = vec_load(lanes->wx + v * VEC_LANES);
        wy[v] = vec_load(lanes->wy + v * VEC_LANES);
        vec_store(d->old_wx + v * VEC_LANES, wx[v]);
        vec_store(d->old_wy + v * VEC_LANES, wy[v]);
    }
#endif
    for (int32_t s = 0; s < steps; s += UNROLL) {
#pragma GCC unroll 2
        for (int u = 0; u < UNROLL; u++) {
#pragma GCC unroll 8
            for (int v = 0; v < DEEP_VECS; v++) {
#if ESCAPE_DISTANCE
                step_derivative(&wx[v], &wy[v], x[v], y[v], one);
#endif
                step(&x[v], &y[v], vec_load(lanes->cr + v * VEC_LANES),
                     vec_load(lanes->ci + v * VEC_LANES));
            }
            if (C_IN_MEMORY)
                forget(lanes);
        }
    }
#pragma GCC unroll 8
    for (int v = 0; v < DEEP_VECS; v++) {
        vec_store(lanes->x + v * VEC_LANES, x[v]);
        vec_store(lanes->y + v * VEC_LANES, y[v]);
        inside |= (uint64_t)mask_lanes(is_inside(x[v], y[v], limit)) << (v * VEC_LANES);
#if ESCAPE_DISTANCE
        vec_store(lanes->wx + v * VEC_LANES, wx[v]);
        vec_store(lanes->wy + v * VEC_LANES, wy[v]);
#endif
    }
    return ~inside;
}

/* The same with a look before every step, for the few orbits that might come back: returns the
 * lanes that were outside before any of the steps. */
static uint64_t run_tested_block(struct deep *d, int32_t steps, vec_t limit) {
    struct orbits *lanes = &d->lanes;
    uint64_t inside = 0;

    for (int v = 0; v < DEEP_VECS; v++) {
        vec_t x = vec_load(lanes->x + v * VEC_LANES), y = vec_load(lanes->y + v * VEC_LANES);
        const vec_t cr = vec_load(lanes->cr + v * VEC_LANES);
        const vec_t ci = vec_load(lanes->ci + v * VEC_LANES);
        mask_t in = mask_of(ALL_LANES);
        vec_store(d->old_x + v * VEC_LANES, x);
        vec_store(d->old_y + v * VEC_LANES, y);
#if ESCAPE_DISTANCE
        vec_t wx = vec_load(lanes->wx + v * VEC_LANES), wy = vec_load(lanes->wy + v * VEC_LANES);
        vec_store(d->old_wx + v * VEC_LANES, wx);
        vec_store(d->old_wy + v * VEC_LANES, wy);
#endif
        for (int32_t s = 0; s < steps; s++) {
            in = mask_and(in, is_inside(x, y, limit));
#if ESCAPE_DISTANCE
            step_derivative(&wx, &wy, x, y, d->one);
#endif
            step(&x, &y, cr, ci);
        }
#if ESCAPE_DISTANCE
        vec_store(lanes->wx + v * VEC_LANES, wx);
        vec_store(lanes->wy + v * VEC_LANES, wy);
#endif
        vec_store(lanes->x + v * VEC_LANES, x);
        vec_store(lanes->y + v * VEC_LANES, y);
        inside |= (uint64_t)mask_lanes(in) << (v * VEC_LANES);
    }
    return ~inside;
}

/* The lanes that have made maxit steps or more. */
static inline uint64_t find_ended(const struct deep *d, int32_t maxit) {
    const vec_t end = vec_set1(maxit - d->steps);
    uint64_t going = 0;
#pragma GCC unroll 8
    for (int v = 0; v < DEEP_VECS; v++) {
        const vec_t made = vec_load(d->lanes.made + v * VEC_LANES);
        going |= (uint64_t)mask_lanes(vec_less(made, end)) << (v * VEC_LANES);
    }
    return ~going;
}

/* The lanes that are in a state which they were in before. The step is a function of the state
 * alone (of x and y up to the sign of a zero, which never reaches a test), so such an orbit goes
 * round for ever, inside: its count is maxit. States are saved at doubling distances (Brent), so
 * every cycle is found once its states repeat bit for bit. */
static uint64_t find_cycles(struct deep *d) {
    const vec_t steps = vec_set1(d->steps);
    uint64_t cycles = 0;
    for (int v = 0; v < DEEP_VECS; v++) {
        const int at = v * VEC_LANES;
        const vec_t x = vec_load(d->lanes.x + at), saved_x = vec_load(d->saved_x + at);
        const vec_t y = vec_load(d->lanes.y + at), saved_y = vec_load(d->saved_y + at);
        const mask_t same = mask_and(vec_equal(x, saved_x), vec_equal(y, saved_y));
        cycles |= (uint64_t)mask_lanes(same) << at;

        const vec_t made = vec_add(vec_load(d->lanes.made + at), steps);
        const vec_t save_at = vec_load(d->save_at + at);
        const mask_t due = vec_less(save_at, made);
        vec_store(d->saved_x + at, vec_select(due, x, saved_x));
        vec_store(d->saved_y + at, vec_select(due, y, saved_y));
        vec_store(d->save_at + at, vec_select(due, vec_add(made, made), save_at));
    }
    return cycles;
}

/* Rolls lanes of vector v back to the start of the block, `steps` steps ago, and sets their orbits
 * aside. */
static void roll_back(struct deep *d, int v, unsigned lanes, int32_t steps) {
    const int at = v * VEC_LANES;
    const struct orbit_vec orbits = {
        .x = vec_load(d->old_x + at),
        .y = vec_load(d->old_y + at),
        .cr = vec_load(d->lanes.cr + at),
        .ci = vec_load(d->lanes.ci + at),
        .made = vec_add(vec_load(d->lanes.made + at), vec_set1(d->steps - steps)),
        .pixel = vec_load(d->lanes.pixel + at),
#if ESCAPE_DISTANCE
        .wx = vec_load(d->old_wx + at),
        .wy = vec_load(d->old_wy + at),
#endif
    };
    orbits_push(&d->escaped, &orbits, lanes);
}

/* Replays the last escaped orbits, a group or what there is, with a test at every step. */
static void replay(struct deep *d, const struct plan *plan, const struct plait_escape_job *job,
                   const struct plait_escape_results *to) {
    const vec_t limit = vec_set1(job->bailout_squared);
    struct orbits *escaped = &d->escaped;
    const uint32_t orbits = escaped->count < GROUP_LANES ? escaped->count : GROUP_LANES;
    const uint32_t first = escaped->count - orbits;
    struct group g;
    int32_t count[GROUP_LANES];

#pragma GCC unroll 8
    for (int v = 0; v < GROUP_VECS; v++) {
        const uint32_t at = first + (uint32_t)(v * VEC_LANES);
        g.x[v] = vec_load(escaped->x + at);
        g.y[v] = vec_load(escaped->y + at);
        g.cr[v] = vec_load(escaped->cr + at);
        g.ci[v] = vec_load(escaped->ci + at);
        g.count[v] = vec_load(escaped->made + at);
        g.inside[v] = mask_of(ALL_LANES);
#if ESCAPE_DISTANCE
        g.wx[v] = vec_load(escaped->wx + at);
        g.wy[v] = vec_load(escaped->wy + at);
        g.one = d->one;
#endif
    }
    if (to->values)
        run_tested(&g, plan->block, limit, true);
    else
        run_tested(&g, plan->block, limit, false);
    /* The last block may reach beyond maxit. */
    const vec_t maxit = vec_set1(plan->maxit);
#pragma GCC unroll 8
    for (int v = 0; v < GROUP_VECS; v++)
        escape_vec_store_counts(count + v * VEC_LANES,
                                vec_select(vec_less(g.count[v], maxit), g.count[v], maxit));
    for (uint32_t k = 0; k < orbits; k++)
        to->counts[(uint64_t)escaped->pixel[first + k]] = count[k];
    if (to->values) {
        double values[GROUP_LANES];
        find_values(&g, job, values);
        for (uint32_t k = 0; k < orbits; k++)
            to->values[(uint64_t)escaped->pixel[first + k]] = values[k];
    }
    escaped->count = first;
}

/* Fills lanes of vector v from the queue, as far as it goes. */
static void refill(struct deep *d, int v, unsigned lanes, struct orbits *queue) {
    const uint32_t at = (uint32_t)(v * VEC_LANES);
    while ((uint32_t)__builtin_popcount(lanes) > queue->count)
        lanes &= lanes - 1;
    orbits_take(&d->lanes, at, lanes, queue);
    d->busy |= (uint64_t)lanes << at;

    /* No state that the lane's last orbit left may be taken for one of this orbit. */
    const mask_t fresh = mask_of(lanes);
    const vec_t made = vec_load(d->lanes.made + at);
    vec_store(d->lanes.made + at, vec_select(fresh, vec_add(made, vec_set1(-d->steps)), made));
    vec_store(d->saved_x + at, vec_select(fresh, vec_set1(NAN), vec_load(d->saved_x + at)));
    vec_store(d->save_at + at, vec_select(fresh, vec_set1(0), vec_load(d->save_at + at)));
}

/* Makes one block of steps in all lanes, ends the orbits that are settled and fills their lanes. */
static inline void run_block(struct deep *d, const struct plan *plan,
                             const struct plait_escape_job *job, bool blind, struct orbits *queue,
                             const struct plait_escape_results *to) {
    const vec_t limit = vec_set1(job->bailout_squared);
    const uint64_t outside =
        blind ? run_blind_block(d, plan->block, limit) : run_tested_block(d, plan->block, limit);
    d->steps += plan->block;
    uint64_t settled = find_ended(d, plan->maxit); /* inside, and so up to maxit */
    if (job->shortcuts)
        settled |= find_cycles(d);
    /* Escape comes first: c = -2 has a fixed point, z = 2, outside the disc. */
    const uint64_t escaped = outside & d->busy;
    settled &= d->busy & ~escaped;

    for (uint64_t left = settled; left; left &= left - 1) {
        const uint64_t pixel = (uint64_t)d->lanes.pixel[__builtin_ctzll(left)];
        to->counts[pixel] = plan->maxit;
        if (to->values)
            to->values[pixel] = INFINITY;
    }
    d->busy &= ~(escaped | settled);
    for (uint64_t left = escaped | settled; left;) {
        const int v = __builtin_ctzll(left) / VEC_LANES;
        const unsigned lanes = lanes_of(left, v);
        if (lanes_of(escaped, v))
            roll_back(d, v, lanes_of(escaped, v), plan->block);
        refill(d, v, lanes, queue);
        left &= ~((uint64_t)lanes << (v * VEC_LANES));
    }
    while (d->escaped.count >= GROUP_LANES)
        replay(d, plan, job, to);
}

#endif
