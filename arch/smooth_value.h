/* SPDX-License-Identifier: MIT
 * The logarithms of smooth values, in double operations whose every bit IEEE 754 fixes: libraries
 * differ in theirs. No branches, so that a compiler can take several values at once. */
#ifndef PLAIT_ARCH_SMOOTH_VALUE_H
#define PLAIT_ARCH_SMOOTH_VALUE_H

#include <math.h>
#include <stdint.h>
#include <string.h>

/* An orbit makes this many steps beyond its count, but none from |z|^2 >= PLAIT_SMOOTH_FAR, where
 * the next square could overflow; there the value no longer depends on how many there are. */
enum { PLAIT_SMOOTH_STEPS = 4 };
#define PLAIT_SMOOTH_FAR 0x1p+500

#define PLAIT_SMOOTH_TWO_OVER_LN2 0x1.71547652b82fep+1
#define PLAIT_SMOOTH_LOG2_HALF_LN2 (-0x1.875d3ba705db2p+0) /* ln |z| = log2 |z|^2 ln 2 / 2 */

/* log2(a) of a positive normal number, to 1e-15 next to the last bit of the result. a = 2^e f with
 * f in [sqrt(1/2), sqrt(2)), and log2 f = 2 / ln 2 artanh(s), s = (f - 1) / (f + 1), as a series:
 * the first term left out is below 1e-15. */
static inline double plait_smooth_log2(double a) {
    const uint64_t root_half = UINT64_C(0x3fe6a09e667f3bcd), one = UINT64_C(1023) << 52;
    uint64_t bits;
    memcpy(&bits, &a, sizeof bits);
    const uint64_t exponent = (bits - root_half + one) >> 52; /* e + 1023 */
    bits -= (exponent << 52) - one;
    /* The number e without a conversion from integers, which not all vectors have. */
    const uint64_t shifted = UINT64_C(0x4330000000000000) | exponent; /* 2^52 + e + 1023 */
    double f, e;
    memcpy(&f, &bits, sizeof f);
    memcpy(&e, &shifted, sizeof e);
    e -= 0x1p+52 + 1023;

    const double two_over_ln2 = PLAIT_SMOOTH_TWO_OVER_LN2;
    const double s = (f - 1) / (f + 1), t = s * s;
    double sum = two_over_ln2 / 17;
    sum = fma(sum, t, two_over_ln2 / 15);
    sum = fma(sum, t, two_over_ln2 / 13);
    sum = fma(sum, t, two_over_ln2 / 11);
    sum = fma(sum, t, two_over_ln2 / 9);
    sum = fma(sum, t, two_over_ln2 / 7);
    sum = fma(sum, t, two_over_ln2 / 5);
    sum = fma(sum, t, two_over_ln2 / 3);
    sum = fma(sum, t, two_over_ln2);
    return fma(sum, s, e);
}

/* n + 1 - log2(ln |z|) for z = x + iy after n steps, n a double. An orbit that has come back
 * inside, |z|^2 <= 2, counts as if it were on that circle. z must be finite. */
static inline double plait_smooth_value(double n, double x, double y) {
    const double m = fma(x, x, y * y);
    const double scale = m < PLAIT_SMOOTH_FAR ? 1.0 : 0x1p-512;
    const double shift = m < PLAIT_SMOOTH_FAR ? 0.0 : 1024.0;
    x *= scale;
    y *= scale;
    const double near = fma(x, x, y * y);
    const double inside = m > 2 ? near : 2.0;
    return n + 1 -
           (plait_smooth_log2(plait_smooth_log2(inside) + shift) + PLAIT_SMOOTH_LOG2_HALF_LN2);
}

/* The value of an orbit of z -> z*z + c whose count is n and which is at x + iy: after its further
 * steps, each of which is made only where it is allowed. */
static inline double plait_smooth_finish(double n, double x, double y, double cr, double ci) {
    for (int s = 0; s < PLAIT_SMOOTH_STEPS; s++) {
        const double m = fma(x, x, y * y);
        const double next_x = fma(x, x, fma(-y, y, cr));
        const double next_y = fma(x + x, y, ci);
        x = m < PLAIT_SMOOTH_FAR ? next_x : x;
        y = m < PLAIT_SMOOTH_FAR ? next_y : y;
        n = m < PLAIT_SMOOTH_FAR ? n + 1 : n;
    }
    return plait_smooth_value(n, x, y);
}

#endif
