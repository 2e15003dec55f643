/* SPDX-License-Identifier: MIT
 * Statistics of measured times, without any assumption on how they are distributed. Methods are
 * those of Hoefler and Belli, "Scientific Benchmarking of Parallel Computing Systems" (SC15), and
 * of the textbooks named at each function. */
#ifndef PLAIT_DRIVERS_STUDY_STATISTICS_H
#define PLAIT_DRIVERS_STUDY_STATISTICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An interval of 95 %. known is false where the data do not allow one. */
struct interval {
    bool known;
    double low, high;
};

/* From this many samples on the interval of the median is known: [x_1, x_6] covers it in 96.9 % of
 * cases, [x_1, x_5] in 93.8 %. */
enum { STATISTICS_SAMPLES_MIN = 6 };

/* Sorts in place, ascending. */
void statistics_sort(double *values, size_t count);

/* The median of sorted values; count is at least 1. */
double statistics_median(const double *sorted, size_t count);

/* The interval of the median by ranks: x_k ... x_(n+1-k) with the largest k for which the binomial
 * distribution leaves at most 2.5 % on each side (Le Boudec, "Performance Evaluation", 2010). Any
 * distribution will do, as long as samples are independent of each other. */
struct interval statistics_rank_interval(const double *sorted, size_t count);

/* The larger distance of an interval's ends from the median, as a part of the median; INFINITY
 * where the interval is not known. What --ci looks at. */
double statistics_relative_width(const double *sorted, size_t count);

/* The interval of median(a) / median(b) by the percentile bootstrap (Efron): both are drawn again
 * with replacement, from PCG with this seed, so that the same samples give the same interval. Not
 * known with fewer than STATISTICS_SAMPLES_MIN of either, or without memory. Values are sorted and
 * positive. */
struct interval statistics_ratio_interval(const double *a, size_t a_count, const double *b,
                                          size_t b_count, uint64_t seed);

/* Mann and Whitney's test of two groups, two-sided. Exact where there are no ties, one group has at
 * most 8 values and the other at most 100; else the normal distribution with corrections for ties
 * and continuity. */
struct rank_test {
    bool known;         /* both groups have values */
    double statistic;   /* U of the first group; H of Kruskal and Wallis */
    double probability; /* that ranks lie this far apart by chance */
    double effect; /* two groups: probability that a value of the first is larger than one of the
                    * second, ties half (Vargha and Delaney); several: epsilon squared, 0 to 1 */
};
struct rank_test statistics_mann_whitney(const double *a, size_t a_count, const double *b,
                                         size_t b_count);

/* Kruskal and Wallis' test of several groups that stand in values one after the other. */
struct rank_test statistics_kruskal_wallis(const double *values, const size_t *counts,
                                           size_t groups);

/* The experimentally determined serial fraction of a speed-up on that many cores (Karp and Flatt,
 * 1990); cores is above 1. Below 0 where the speed-up is more than ideal. */
double statistics_karp_flatt(double speedup, double cores);

/* Upper tails and quantiles of the distributions that the tests need. */
double statistics_normal_above(double z);
double statistics_chi_square_above(double x, double freedom);
double statistics_f_above(double f, double freedom_a, double freedom_b);
double statistics_student_two_sided(double confidence, double freedom); /* t: P(|T| < t) */

#endif
