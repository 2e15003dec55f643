/* SPDX-License-Identifier: MIT
 * The two kinds of numbers of deep zooms: plain doubles, and extended ones, doubles with an
 * exponent of their own. Both have the same operations, each rounded as docs/deep-zoom.md says, so
 * that what is written once over DEEP_COMPLEX and DEEP_REAL is right for both. */
#ifndef PLAIT_ARCH_DEEP_NUMBER_H
#define PLAIT_ARCH_DEEP_NUMBER_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* -- plain ------------------------------------------------------------------------------------- */

struct plait_deep_plain {
    double x, y;
};

static inline struct plait_deep_plain plait_plain_mul(struct plait_deep_plain a,
                                                      struct plait_deep_plain b) {
    return (struct plait_deep_plain){fma(a.x, b.x, -(a.y * b.y)), fma(a.x, b.y, a.y * b.x)};
}

static inline struct plait_deep_plain plait_plain_add(struct plait_deep_plain a,
                                                      struct plait_deep_plain b) {
    return (struct plait_deep_plain){a.x + b.x, a.y + b.y};
}

static inline struct plait_deep_plain plait_plain_twice(struct plait_deep_plain a) {
    return (struct plait_deep_plain){2 * a.x, 2 * a.y};
}

/* The larger of two sizes; written so that compilers need no library. */
static inline double plait_larger(double a, double b) {
    return a > b ? a : b;
}

static inline double plait_plain_sup(struct plait_deep_plain a) {
    return plait_larger(fabs(a.x), fabs(a.y));
}

static inline double plait_plain_one(struct plait_deep_plain a) {
    return fabs(a.x) + fabs(a.y);
}

static inline double plait_plain_real_mul(double a, double b) {
    return a * b;
}

static inline double plait_plain_real_div(double a, double b) {
    return a / b;
}

static inline double plait_plain_real_sub(double a, double b) {
    return a - b;
}

static inline bool plait_plain_less(double a, double b) {
    return a < b;
}

/* a * 2^exponent, exponent -1022 .. 1023. */
static inline double plait_plain_scale(double a, int exponent);

/* -- extended ---------------------------------------------------------------------------------- */

/* (x + iy) 2^e and v 2^e, normal: 1 <= max(|x|, |y|) < 2 and 1 <= |v| < 2, or zero, whose e is
 * PLAIT_DEEP_ZERO. What is below 2^PLAIT_DEEP_ZERO becomes zero: sums of two exponents never
 * overflow. */
struct plait_deep_extended {
    double x, y;
    int64_t e;
};

struct plait_deep_real {
    double v;
    int64_t e;
};

#define PLAIT_DEEP_ZERO (-(INT64_C(1) << 61))
/* What is smaller than the other operand of a sum by more than 2^1000 is left out. */
enum { PLAIT_DEEP_APART = -1000 };

/* 2^e, e -1022 .. 1023. */
static inline double plait_power_of_two(int64_t e) {
    const uint64_t bits = (uint64_t)(e + 1023) << 52;
    double power;
    memcpy(&power, &bits, sizeof power);
    return power;
}

static inline double plait_plain_scale(double a, int exponent) {
    return a * plait_power_of_two(exponent);
}

/* floor(log2 a), a > 0 and finite. */
static inline int64_t plait_exponent_of(double a) {
    uint64_t bits;
    memcpy(&bits, &a, sizeof bits);
    const int64_t exponent = (int64_t)(bits >> 52);
    return exponent > 0 ? exponent - 1023 : ilogb(a);
}

/* a * 2^e for any e; rounds only where the result is subnormal, and may overflow. */
static inline double plait_scaled(double a, int64_t e) {
    if (e >= -1022 && e <= 1023)
        return a * plait_power_of_two(e);
    return ldexp(a, e < -5000 ? -5000 : e > 5000 ? 5000 : (int)e);
}

static inline struct plait_deep_extended plait_extended_normal(double x, double y, int64_t e) {
    const double sup = plait_larger(fabs(x), fabs(y));
    if (sup == 0)
        return (struct plait_deep_extended){x, y, PLAIT_DEEP_ZERO};
    const int64_t shift = plait_exponent_of(sup);
    if (e + shift < PLAIT_DEEP_ZERO)
        return (struct plait_deep_extended){0, 0, PLAIT_DEEP_ZERO};
    return (struct plait_deep_extended){plait_scaled(x, -shift), plait_scaled(y, -shift),
                                        e + shift};
}

static inline struct plait_deep_real plait_real_normal(double v, int64_t e) {
    if (v == 0)
        return (struct plait_deep_real){v, PLAIT_DEEP_ZERO};
    const int64_t shift = plait_exponent_of(fabs(v));
    if (e + shift < PLAIT_DEEP_ZERO)
        return (struct plait_deep_real){0, PLAIT_DEEP_ZERO};
    return (struct plait_deep_real){plait_scaled(v, -shift), e + shift};
}

static inline struct plait_deep_extended plait_extended_mul(struct plait_deep_extended a,
                                                            struct plait_deep_extended b) {
    return plait_extended_normal(fma(a.x, b.x, -(a.y * b.y)), fma(a.x, b.y, a.y * b.x), a.e + b.e);
}

static inline struct plait_deep_extended plait_extended_add(struct plait_deep_extended a,
                                                            struct plait_deep_extended b) {
    const struct plait_deep_extended large = a.e < b.e ? b : a, small = a.e < b.e ? a : b;
    const int64_t apart = small.e - large.e;
    if (apart < PLAIT_DEEP_APART)
        return large;
    const double scale = plait_power_of_two(apart);
    return plait_extended_normal(large.x + small.x * scale, large.y + small.y * scale, large.e);
}

static inline struct plait_deep_extended plait_extended_twice(struct plait_deep_extended a) {
    a.e += a.e == PLAIT_DEEP_ZERO ? 0 : 1;
    return a;
}

static inline struct plait_deep_real plait_extended_sup(struct plait_deep_extended a) {
    return plait_real_normal(plait_larger(fabs(a.x), fabs(a.y)), a.e);
}

static inline struct plait_deep_real plait_extended_one(struct plait_deep_extended a) {
    return plait_real_normal(fabs(a.x) + fabs(a.y), a.e);
}

static inline struct plait_deep_real plait_extended_real_mul(struct plait_deep_real a,
                                                             struct plait_deep_real b) {
    return plait_real_normal(a.v * b.v, a.e + b.e);
}

static inline struct plait_deep_real plait_extended_real_div(struct plait_deep_real a,
                                                             struct plait_deep_real b) {
    return plait_real_normal(a.v / b.v, a.e - b.e);
}

static inline struct plait_deep_real plait_extended_real_add(struct plait_deep_real a,
                                                             struct plait_deep_real b) {
    const struct plait_deep_real large = a.e < b.e ? b : a, small = a.e < b.e ? a : b;
    const int64_t apart = small.e - large.e;
    if (apart < PLAIT_DEEP_APART)
        return large;
    return plait_real_normal(large.v + small.v * plait_power_of_two(apart), large.e);
}

static inline struct plait_deep_real plait_extended_real_sub(struct plait_deep_real a,
                                                             struct plait_deep_real b) {
    return plait_extended_real_add(a, (struct plait_deep_real){-b.v, b.e});
}

static inline bool plait_extended_less(struct plait_deep_real a, struct plait_deep_real b) {
    return a.v > 0 && b.v > 0 && a.e != b.e ? a.e < b.e : a.v < b.v;
}

/* a * 2^exponent. */
static inline struct plait_deep_real plait_extended_scale(struct plait_deep_real a, int exponent) {
    a.e += a.e == PLAIT_DEEP_ZERO ? 0 : exponent;
    return a;
}

/* -- from one to the other --------------------------------------------------------------------- */

static inline struct plait_deep_plain plait_plain_of(struct plait_deep_extended a) {
    return (struct plait_deep_plain){plait_scaled(a.x, a.e), plait_scaled(a.y, a.e)};
}

static inline struct plait_deep_extended plait_extended_of(struct plait_deep_plain a) {
    return plait_extended_normal(a.x, a.y, 0);
}

#endif
