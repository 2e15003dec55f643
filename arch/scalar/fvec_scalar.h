/* SPDX-License-Identifier: MIT
 * The vocabulary of floats in plain C, for machines without a path of their own: four lanes, which
 * the compiler keeps in whatever registers the platform has. Products are rounded before they are
 * added, since a fused multiply-add without hardware is a slow function. */
#ifndef PLAIT_ARCH_FVEC_SCALAR_H
#define PLAIT_ARCH_FVEC_SCALAR_H

#include <math.h>
#include <stdint.h>
#include <string.h>

enum { FVEC_LANES = 4, FVEC_ROUNDINGS = 2 };
typedef float fvec_t __attribute__((vector_size(16)));
typedef int32_t fmask_t __attribute__((vector_size(16))); /* -1 in a true lane, 0 in a false one */

static inline fvec_t fvec_set1(float v) {
    return (fvec_t){v, v, v, v};
}
static inline fvec_t fvec_load(const float *p) {
    fvec_t v;
    memcpy(&v, p, sizeof v);
    return v;
}
static inline void fvec_store(float *p, fvec_t v) {
    memcpy(p, &v, sizeof v);
}
static inline fvec_t fvec_add(fvec_t a, fvec_t b) {
    return a + b;
}
static inline fvec_t fvec_sub(fvec_t a, fvec_t b) {
    return a - b;
}
static inline fvec_t fvec_mul(fvec_t a, fvec_t b) {
    return a * b;
}
/* c - a * b, with FVEC_ROUNDINGS roundings */
static inline fvec_t fvec_fnma(fvec_t a, fvec_t b, fvec_t c) {
    return c - a * b;
}
static inline fmask_t fvec_less(fvec_t a, fvec_t b) {
    return a < b;
}
static inline fvec_t fvec_select(fmask_t m, fvec_t yes, fvec_t no) {
    return (fvec_t)(((fmask_t)yes & m) | ((fmask_t)no & ~m));
}
static inline fvec_t fvec_min(fvec_t a, fvec_t b) {
    return fvec_select(fvec_less(a, b), a, b);
}
static inline fvec_t fvec_max(fvec_t a, fvec_t b) {
    return fvec_select(fvec_less(a, b), b, a);
}
static inline fvec_t fvec_sqrt(fvec_t v) {
    return (fvec_t){sqrtf(v[0]), sqrtf(v[1]), sqrtf(v[2]), sqrtf(v[3])};
}
/* v with the bits of `field` replaced by those of `tag` */
static inline fvec_t fvec_tag(fvec_t v, uint32_t field, uint32_t tag) {
    const int32_t keep = (int32_t)~field, bits = (int32_t)tag;
    return (fvec_t)(((fmask_t)v & (fmask_t){keep, keep, keep, keep}) |
                    (fmask_t){bits, bits, bits, bits});
}
/* bit k is lane k */
static inline uint32_t fvec_lanes(fmask_t m) {
    return (uint32_t)(m[0] & 1) | (uint32_t)(m[1] & 2) | (uint32_t)(m[2] & 4) |
           (uint32_t)(m[3] & 8);
}
/* a vector whose lanes have these bits, of an integer that only select and store_fields look at */
static inline fvec_t fvec_set1_bits(uint32_t bits) {
    const int32_t b = (int32_t)bits;
    return (fvec_t)(fmask_t){b, b, b, b};
}
/* as integers, the bits of v in `field` and those of w outside it */
static inline void fvec_store_fields(int32_t *p, fvec_t v, fvec_t w, uint32_t field) {
    const int32_t f = (int32_t)field;
    const fmask_t select_v = {f, f, f, f};
    const fmask_t bits = ((fmask_t)v & select_v) | ((fmask_t)w & ~select_v);
    memcpy(p, &bits, sizeof bits);
}
/* bit k is whether lane k of two arrays of integers differs */
static inline uint32_t fvec_differ(const int32_t *p, const int32_t *q) {
    return (uint32_t)(p[0] != q[0]) | (uint32_t)(p[1] != q[1]) << 1 |
           (uint32_t)(p[2] != q[2]) << 2 | (uint32_t)(p[3] != q[3]) << 3;
}

#endif
