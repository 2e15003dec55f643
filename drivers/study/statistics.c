/* SPDX-License-Identifier: MIT
 * Order statistics, the bootstrap and rank tests. Distributions stand in distributions.c. */
#include "study/statistics.h"

#include "plait/pcg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double TAIL = 0.025; /* on each side of an interval of 95 % */

static int double_compare(const void *left, const void *right) {
    const double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

void statistics_sort(double *values, size_t count) {
    if (count > 1)
        qsort(values, count, sizeof *values, double_compare);
}

double statistics_median(const double *sorted, size_t count) {
    return count % 2 == 1 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2;
}

struct interval statistics_rank_interval(const double *sorted, size_t count) {
    struct interval interval = {0};
    /* P(at most k of count values lie below the median), by logarithms: 2^-count vanishes. */
    const double n = (double)count;
    double below = 0;
    size_t k = 0;
    while (k < count / 2) {
        const double i = (double)k;
        below += exp(lgamma(n + 1) - lgamma(i + 1) - lgamma(n - i + 1) - n * log(2));
        if (below > TAIL)
            break;
        k++;
    }
    if (k == 0)
        return interval;
    interval.known = true;
    interval.low = sorted[k - 1];
    interval.high = sorted[count - k];
    return interval;
}

double statistics_relative_width(const double *sorted, size_t count) {
    const struct interval interval = statistics_rank_interval(sorted, count);
    if (!interval.known)
        return INFINITY;
    const double median = statistics_median(sorted, count);
    return fmax(interval.high - median, median - interval.low) / median;
}

/* -- the bootstrap -------------------------------------------------------------------------------
 */

enum { DRAWS = 2000, OUTPUTS = 512 };

/* The median of as many values drawn with replacement. Only how often each value was drawn is kept,
 * which needs no sorting. */
static double resampled_median(const double *sorted, size_t count, uint32_t *drawn,
                               uint64_t *state) {
    uint64_t outputs[OUTPUTS];
    memset(drawn, 0, count * sizeof *drawn);
    for (size_t done = 0; done < count;) {
        const size_t part = count - done < OUTPUTS ? count - done : OUTPUTS;
        *state = plait_pcg_outputs(PLAIT_RXS64, *state, part, outputs);
        for (size_t k = 0; k < part; k++)
            /* 32 bits of it, as fixed point: the bias is below count / 2^32. */
            drawn[(size_t)(((outputs[k] >> 32) * (uint64_t)count) >> 32)]++;
        done += part;
    }
    const size_t lower = (count - 1) / 2, upper = count / 2;
    size_t seen = 0, k = 0;
    while (seen + drawn[k] <= lower)
        seen += drawn[k++];
    const double low = sorted[k];
    while (seen + drawn[k] <= upper)
        seen += drawn[k++];
    return (low + sorted[k]) / 2;
}

struct interval statistics_ratio_interval(const double *a, size_t a_count, const double *b,
                                          size_t b_count, uint64_t seed) {
    struct interval interval = {0};
    if (a_count < STATISTICS_SAMPLES_MIN || b_count < STATISTICS_SAMPLES_MIN)
        return interval;
    const size_t most = a_count > b_count ? a_count : b_count;
    uint32_t *drawn = malloc(most * sizeof *drawn);
    double *ratios = malloc(DRAWS * sizeof *ratios);
    if (drawn && ratios) {
        uint64_t state = plait_pcg_seed(seed);
        for (size_t k = 0; k < DRAWS; k++) {
            const double numerator = resampled_median(a, a_count, drawn, &state);
            ratios[k] = numerator / resampled_median(b, b_count, drawn, &state);
        }
        statistics_sort(ratios, DRAWS);
        interval.known = true;
        interval.low = ratios[(size_t)(TAIL * DRAWS)];
        interval.high = ratios[DRAWS - 1 - (size_t)(TAIL * DRAWS)];
    }
    free(drawn);
    free(ratios);
    return interval;
}

/* -- rank tests ----------------------------------------------------------------------------------
 */

struct ranked {
    double value;
    size_t group;
};

static int ranked_compare(const void *left, const void *right) {
    return double_compare(&((const struct ranked *)left)->value,
                          &((const struct ranked *)right)->value);
}

/* Sorts, adds up the ranks of each group (equal values share their mean rank) and returns the sum
 * of t^3 - t over the groups of t equal values. */
static double sum_ranks(struct ranked *all, size_t count, double *rank_sums) {
    double ties = 0;
    qsort(all, count, sizeof *all, ranked_compare);
    for (size_t first = 0, next; first < count; first = next) {
        for (next = first + 1; next < count && all[next].value == all[first].value;)
            next++;
        const double equal = (double)(next - first);
        const double rank = ((double)first + 1 + (double)next) / 2;
        for (size_t k = first; k < next; k++)
            rank_sums[all[k].group] += rank;
        ties += equal * equal * equal - equal;
    }
    return ties;
}

enum { EXACT_FEW = 8, EXACT_MANY = 100 };

/* P(U >= u) without ties: coefficients of the Gaussian binomial, the product of
 * (1 - q^(n+i)) / (1 - q^i) over i = 1 ... m, are how many orders give each U. All are whole and
 * stay below 2^53 for these sizes. Negative without memory. */
static double exact_above(size_t m, size_t n, double u) {
    const size_t terms = m * n + 1;
    double *ways = calloc(terms, sizeof *ways);
    if (!ways)
        return -1;
    ways[0] = 1;
    for (size_t i = 1; i <= m; i++) {
        for (size_t k = terms; k-- > n + i;)
            ways[k] -= ways[k - n - i];
        for (size_t k = i; k < terms; k++)
            ways[k] += ways[k - i];
    }
    double all = 0, above = 0;
    for (size_t k = 0; k < terms; k++) {
        all += ways[k];
        if ((double)k >= u)
            above += ways[k];
    }
    free(ways);
    return above / all;
}

struct rank_test statistics_mann_whitney(const double *a, size_t a_count, const double *b,
                                         size_t b_count) {
    struct rank_test test = {0};
    const size_t count = a_count + b_count;
    const size_t few = a_count < b_count ? a_count : b_count, many = count - few;
    struct ranked *all = few > 0 ? malloc(count * sizeof *all) : NULL;
    if (!all)
        return test;
    for (size_t k = 0; k < count; k++)
        all[k] = k < a_count ? (struct ranked){a[k], 0} : (struct ranked){b[k - a_count], 1};
    double rank_sums[2] = {0};
    const double ties = sum_ranks(all, count, rank_sums);
    free(all);

    const double m = (double)a_count, n = (double)b_count, total = m + n;
    test.known = true;
    test.statistic = rank_sums[0] - m * (m + 1) / 2;
    test.effect = test.statistic / (m * n);
    const double larger = fmax(test.statistic, m * n - test.statistic);
    double above = -1;
    if (ties == 0 && few <= EXACT_FEW && many <= EXACT_MANY)
        above = exact_above(few, many, larger);
    if (above < 0) {
        const double variance = m * n / 12 * (total + 1 - ties / (total * (total - 1)));
        above = variance > 0 ? statistics_normal_above((larger - m * n / 2 - 0.5) / sqrt(variance))
                             : 0.5;
    }
    test.probability = fmin(1, 2 * above);
    return test;
}

struct rank_test statistics_kruskal_wallis(const double *values, const size_t *counts,
                                           size_t groups) {
    struct rank_test test = {0};
    size_t count = 0;
    for (size_t g = 0; g < groups; g++) {
        if (counts[g] == 0)
            return test;
        count += counts[g];
    }
    struct ranked *all = groups > 1 ? malloc(count * sizeof *all) : NULL;
    double *rank_sums = groups > 1 ? calloc(groups, sizeof *rank_sums) : NULL;
    if (all && rank_sums) {
        for (size_t g = 0, k = 0; g < groups; g++)
            for (size_t i = 0; i < counts[g]; i++, k++)
                all[k] = (struct ranked){values[k], g};
        const double n = (double)count, ties = sum_ranks(all, count, rank_sums);
        const double correction = 1 - ties / (n * n * n - n);
        double sum = 0;
        for (size_t g = 0; g < groups; g++)
            sum += rank_sums[g] * rank_sums[g] / (double)counts[g];
        test.known = correction > 0; /* not where all values are equal */
        if (test.known) {
            test.statistic = (12 / (n * (n + 1)) * sum - 3 * (n + 1)) / correction;
            test.probability = statistics_chi_square_above(test.statistic, (double)groups - 1);
            test.effect = test.statistic / (n - 1);
        }
    }
    free(all);
    free(rank_sums);
    return test;
}

double statistics_karp_flatt(double speedup, double cores) {
    return (1 / speedup - 1 / cores) / (1 - 1 / cores);
}
