/* SPDX-License-Identifier: MIT
 * Tails of the normal, chi-square, F and Student distributions, by the incomplete gamma and beta
 * functions: a series or a continued fraction (Lentz' method), whichever converges (Abramowitz and
 * Stegun, 6.5 and 26.5). */
#include "study/statistics.h"

#include <float.h>
#include <math.h>

enum { STEPS_MAX = 10000 };

double statistics_normal_above(double z) {
    return erfc(z / sqrt(2)) / 2;
}

/* 1 - P(a, x) where x < a + 1: the series of P. */
static double gamma_above_by_series(double a, double x) {
    double term = 1 / a, sum = term;
    for (int k = 1; k < STEPS_MAX && term > sum * DBL_EPSILON; k++) {
        term *= x / (a + k);
        sum += term;
    }
    return 1 - sum * exp(a * log(x) - x - lgamma(a));
}

/* Q(a, x) where x >= a + 1: its continued fraction. */
static double gamma_above_by_fraction(double a, double x) {
    double b = x + 1 - a, c = 1 / DBL_MIN, d = 1 / b, fraction = d;
    for (int k = 1; k < STEPS_MAX; k++) {
        const double numerator = -k * (k - a);
        b += 2;
        d = 1 / (numerator * d + b);
        c = b + numerator / c;
        fraction *= c * d;
        if (fabs(c * d - 1) < DBL_EPSILON)
            break;
    }
    return fraction * exp(a * log(x) - x - lgamma(a));
}

double statistics_chi_square_above(double x, double freedom) {
    if (!(x > 0))
        return 1;
    const double a = freedom / 2, half = x / 2;
    return half < a + 1 ? gamma_above_by_series(a, half) : gamma_above_by_fraction(a, half);
}

static double not_zero(double x) {
    return fabs(x) < DBL_MIN ? DBL_MIN : x;
}

/* The continued fraction of the incomplete beta function, for x < (a + 1) / (a + b + 2). */
static double beta_fraction(double a, double b, double x) {
    double c = 1, d = 1 / not_zero(1 - (a + b) * x / (a + 1)), fraction = d;
    for (int k = 1; k < STEPS_MAX; k++) {
        const double even = k * (b - k) * x / ((a + 2 * k - 1) * (a + 2 * k));
        d = 1 / not_zero(1 + even * d);
        c = not_zero(1 + even / c);
        fraction *= c * d;
        const double odd = -(a + k) * (a + b + k) * x / ((a + 2 * k) * (a + 2 * k + 1));
        d = 1 / not_zero(1 + odd * d);
        c = not_zero(1 + odd / c);
        fraction *= c * d;
        if (fabs(c * d - 1) < DBL_EPSILON)
            break;
    }
    return fraction;
}

/* The regularised incomplete beta function I_x(a, b); y is 1 - x, which may be too close to 1 to
 * work it out from x. */
static double beta_below(double a, double b, double x, double y) {
    if (!(x > 0))
        return 0;
    if (!(y > 0))
        return 1;
    const double front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(y));
    return x < (a + 1) / (a + b + 2) ? front * beta_fraction(a, b, x) / a
                                     : 1 - front * beta_fraction(b, a, y) / b;
}

double statistics_f_above(double f, double freedom_a, double freedom_b) {
    if (!(f > 0))
        return 1;
    const double whole = freedom_b + freedom_a * f;
    return beta_below(freedom_b / 2, freedom_a / 2, freedom_b / whole, freedom_a * f / whole);
}

double statistics_student_two_sided(double confidence, double freedom) {
    double low = 0, high = 1;
    /* P(|T| > t) is that of F = t^2 with 1 and freedom degrees. */
    while (statistics_f_above(high * high, 1, freedom) > 1 - confidence && high < 1e10)
        high *= 2;
    for (int k = 0; k < 200 && high - low > high * DBL_EPSILON; k++) {
        const double middle = (low + high) / 2;
        if (statistics_f_above(middle * middle, 1, freedom) > 1 - confidence)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}
