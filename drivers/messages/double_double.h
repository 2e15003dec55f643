/* SPDX-License-Identifier: MIT
 * Numbers of twice a double's precision, as the sum of two doubles (T. J. Dekker, 1971; D. E.
 * Knuth, TAOCP 2, 4.2.2; M. Joldes, J.-M. Muller, V. Popescu, 2017): about 106 bits. Nothing may
 * overflow. Compiled without contraction and fast-math, as everything here. */
#ifndef PLAIT_DRIVERS_DOUBLE_DOUBLE_H
#define PLAIT_DRIVERS_DOUBLE_DOUBLE_H

#include <math.h>

/* high is the double nearest to high + low. */
struct double_double {
    double high, low;
};

/* a + b exactly. */
static inline struct double_double dd_two_sum(double a, double b) {
    const double sum = a + b, part = sum - a;
    return (struct double_double){sum, (a - (sum - part)) + (b - part)};
}

/* The same where |a| >= |b|. */
static inline struct double_double dd_fast_two_sum(double a, double b) {
    const double sum = a + b;
    return (struct double_double){sum, b - (sum - a)};
}

/* a * b exactly. */
static inline struct double_double dd_two_product(double a, double b) {
    const double product = a * b;
    return (struct double_double){product, fma(a, b, -product)};
}

/* a + b, to 3 * 2^-106 of it. */
static inline struct double_double dd_add(struct double_double a, struct double_double b) {
    const struct double_double high = dd_two_sum(a.high, b.high);
    const struct double_double low = dd_two_sum(a.low, b.low);
    const struct double_double near = dd_fast_two_sum(high.high, high.low + low.high);
    return dd_fast_two_sum(near.high, near.low + low.low);
}

/* a * b, to 2 * 2^-106 of it. */
static inline struct double_double dd_scale(struct double_double a, double b) {
    const struct double_double product = dd_two_product(a.high, b);
    return dd_fast_two_sum(product.high, fma(a.low, b, product.low));
}

/* a / b, by three steps of long division, to some 2^-104 of it. */
static inline struct double_double dd_divide(struct double_double a, struct double_double b) {
    double digit[3];
    for (int k = 0; k < 3; k++) {
        digit[k] = a.high / b.high;
        a = dd_add(a, dd_scale(b, -digit[k]));
    }
    const struct double_double most = dd_fast_two_sum(digit[0], digit[1]);
    return dd_add(most, (struct double_double){digit[2], 0});
}

#endif
