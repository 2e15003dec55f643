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

#endif
