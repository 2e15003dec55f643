/* SPDX-License-Identifier: MIT
 * Orbits of the escape kernel on their way: what is known of each, in arrays that vectors load and
 * store, and how orbits move from one set to another. */
#ifndef PLAIT_ARCH_ESCAPE_ORBITS_H
#define PLAIT_ARCH_ESCAPE_ORBITS_H

#include <stdint.h>

/* Every set holds at most the deep loop's 64 lanes plus 64 more, and a vector that is packed in or
 * unpacked may reach VEC_LANES beyond the last orbit. */
enum { ORBITS_MAX = 128 + 8 };

struct orbits {
    _Alignas(64) double x[ORBITS_MAX];
    _Alignas(64) double y[ORBITS_MAX];
    _Alignas(64) double cr[ORBITS_MAX];
    _Alignas(64) double ci[ORBITS_MAX];
    _Alignas(64) double made[ORBITS_MAX];  /* steps up to (x, y), a whole number */
    _Alignas(64) double pixel[ORBITS_MAX]; /* where the count goes: an index, exact up to 2^53 */
#if ESCAPE_DISTANCE
    _Alignas(64) double wx[ORBITS_MAX]; /* the derivative */
    _Alignas(64) double wy[ORBITS_MAX];
#endif
    uint32_t count;
};

/* One vector of orbits in registers. */
struct orbit_vec {
    vec_t x, y, cr, ci, made, pixel;
#if ESCAPE_DISTANCE
    vec_t wx, wy;
#endif
};

/* Appends the named lanes of v. */
static inline void orbits_push(struct orbits *to, const struct orbit_vec *v, unsigned lanes) {
    const uint32_t end = to->count;
    escape_vec_pack(to->x + end, v->x, lanes);
    escape_vec_pack(to->y + end, v->y, lanes);
    escape_vec_pack(to->cr + end, v->cr, lanes);
    escape_vec_pack(to->ci + end, v->ci, lanes);
    escape_vec_pack(to->made + end, v->made, lanes);
    escape_vec_pack(to->pixel + end, v->pixel, lanes);
#if ESCAPE_DISTANCE
    escape_vec_pack(to->wx + end, v->wx, lanes);
    escape_vec_pack(to->wy + end, v->wy, lanes);
#endif
    to->count = end + (uint32_t)__builtin_popcount(lanes);
}

/* Takes the last orbits of `from` into the named lanes of the vector that starts at to->x[at]. */
static inline void orbits_take(struct orbits *to, uint32_t at, unsigned lanes,
                               struct orbits *from) {
    const uint32_t last = from->count - (uint32_t)__builtin_popcount(lanes);
    vec_store(to->x + at, escape_vec_unpack(vec_load(to->x + at), lanes, from->x + last));
    vec_store(to->y + at, escape_vec_unpack(vec_load(to->y + at), lanes, from->y + last));
    vec_store(to->cr + at, escape_vec_unpack(vec_load(to->cr + at), lanes, from->cr + last));
    vec_store(to->ci + at, escape_vec_unpack(vec_load(to->ci + at), lanes, from->ci + last));
    vec_store(to->made + at, escape_vec_unpack(vec_load(to->made + at), lanes, from->made + last));
    vec_store(to->pixel + at,
              escape_vec_unpack(vec_load(to->pixel + at), lanes, from->pixel + last));
#if ESCAPE_DISTANCE
    vec_store(to->wx + at, escape_vec_unpack(vec_load(to->wx + at), lanes, from->wx + last));
    vec_store(to->wy + at, escape_vec_unpack(vec_load(to->wy + at), lanes, from->wy + last));
#endif
    from->count = last;
}

#endif
