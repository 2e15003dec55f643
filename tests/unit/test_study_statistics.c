/* SPDX-License-Identifier: MIT
 * Statistics equal SciPy's, intervals cover what they promise, and fits find the law that the data
 * were made by. Data come from PCG with fixed seeds. */
#include "study/fit.h"
#include "study/statistics.h"

#include "plait/pcg.h"
#include "suite.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VALUES_MAX = 256, LINE_BYTES = 65536 };

static bool close_to(double expected, double got, double tolerance) {
    const bool good = fabs(got - expected) <= tolerance * fmax(1e-12, fabs(expected));
    if (!good)
        printf("\n    expected %.17g, got %.17g\n", expected, got);
    return good;
}

static size_t read_values(char **rest, double *values, size_t count) {
    for (size_t k = 0; k < count; k++)
        values[k] = strtod(*rest, rest);
    return count;
}

static void check_mann_whitney(char *rest, const double *expected) {
    double a[VALUES_MAX], b[VALUES_MAX];
    const size_t m = strtoul(rest, &rest, 10), n = strtoul(rest, &rest, 10);
    read_values(&rest, a, m);
    read_values(&rest, b, n);
    const struct rank_test test = statistics_mann_whitney(a, m, b, n);
    CU_ASSERT(test.known);
    CU_ASSERT(close_to(expected[0], test.statistic, 1e-12));
    CU_ASSERT(close_to(expected[1], test.probability, 1e-10));
    /* The effect is the part of pairs in which the first is larger. */
    double larger = 0;
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            larger += a[i] > b[j] ? 1 : a[i] == b[j] ? 0.5 : 0;
    CU_ASSERT(close_to(larger / (double)(m * n), test.effect, 1e-12));
}

static void check_kruskal_wallis(char *rest, const double *expected) {
    double values[VALUES_MAX];
    size_t counts[8], sum = 0;
    const size_t groups = strtoul(rest, &rest, 10);
    for (size_t g = 0; g < groups; g++)
        sum += counts[g] = strtoul(rest, &rest, 10);
    read_values(&rest, values, sum);
    const struct rank_test test = statistics_kruskal_wallis(values, counts, groups);
    CU_ASSERT(test.known);
    CU_ASSERT(close_to(expected[0], test.statistic, 1e-10));
    CU_ASSERT(close_to(expected[1], test.probability, 1e-9));
    CU_ASSERT(close_to(expected[0] / ((double)sum - 1), test.effect, 1e-10));
}

/* The rank k of the lower end, 0 for none. */
static void check_rank_interval(char *rest, const double *expected) {
    const size_t count = strtoul(rest, NULL, 10);
    double *values = malloc(count * sizeof *values);
    for (size_t k = 0; k < count; k++)
        values[k] = (double)(k + 1);
    const struct interval interval = statistics_rank_interval(values, count);
    CU_ASSERT_EQUAL(interval.known, expected[0] > 0);
    CU_ASSERT_EQUAL(interval.known, count >= STATISTICS_SAMPLES_MIN);
    if (interval.known) {
        CU_ASSERT_EQUAL(interval.low, expected[0]);
        CU_ASSERT_EQUAL(interval.high, (double)count + 1 - expected[0]);
    }
    free(values);
}

static void check_line(char *line, char *bar) {
    double expected[2] = {NAN, NAN}, x[3];
    char *rest = strchr(line, ' ') + 1, *values = bar + 1;
    expected[0] = strtod(values, &values);
    expected[1] = strtod(values, &values);
    if (strncmp(line, "mann-whitney ", 13) == 0) {
        check_mann_whitney(rest, expected);
    } else if (strncmp(line, "kruskal-wallis ", 15) == 0) {
        check_kruskal_wallis(rest, expected);
    } else if (strncmp(line, "chi-square ", 11) == 0) {
        read_values(&rest, x, 2);
        CU_ASSERT(close_to(expected[0], statistics_chi_square_above(x[0], x[1]), 1e-9));
    } else if (strncmp(line, "f ", 2) == 0) {
        read_values(&rest, x, 3);
        CU_ASSERT(close_to(expected[0], statistics_f_above(x[0], x[1], x[2]), 1e-9));
    } else if (strncmp(line, "student ", 8) == 0) {
        read_values(&rest, x, 1);
        CU_ASSERT(close_to(expected[0], statistics_student_two_sided(0.95, x[0]), 1e-9));
    } else if (strncmp(line, "rank-interval ", 14) == 0) {
        check_rank_interval(rest, expected);
    } else {
        CU_FAIL("a line of no known kind");
    }
}

static void test_as_scipy(void) {
    char *line = malloc(LINE_BYTES);
    FILE *stream = fopen(PLAIT_GOLDEN_DIR "/statistics.txt", "r");
    size_t lines = 0;
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    while (fgets(line, LINE_BYTES, stream)) {
        char *bar = strchr(line, '|');
        if (line[0] == '#')
            continue;
        CU_ASSERT_PTR_NOT_NULL_FATAL(bar);
        check_line(line, bar);
        lines++;
    }
    CU_ASSERT_EQUAL(lines, 25 + 25 + 10 + 10 + 8 + 44);
    fclose(stream);
    free(line);
}

/* -- simulations ---------------------------------------------------------------------------------
 */

static uint64_t state;

static double draw_uniform(void) {
    uint64_t output;
    state = plait_pcg_outputs(PLAIT_RXS64, state, 1, &output);
    return ((double)(output >> 11) + 0.5) * 0x1p-53;
}

static double draw_normal(void) {
    return sqrt(-2 * log(draw_uniform())) * cos(2 * 3.14159265358979323846 * draw_uniform());
}

/* Times as they are: a floor, and a tail to one side. */
static double draw_time(void) {
    return 1 - 0.1 * log(draw_uniform());
}

static void test_rank_interval_covers(void) {
    enum { TRIALS = 4000 };
    const double median = 1 + 0.1 * log(2);
    state = plait_pcg_seed(1);
    static const size_t sizes[] = {6, 10, 25};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        int covered = 0;
        for (int trial = 0; trial < TRIALS; trial++) {
            double times[32];
            for (size_t k = 0; k < sizes[s]; k++)
                times[k] = draw_time();
            statistics_sort(times, sizes[s]);
            const struct interval interval = statistics_rank_interval(times, sizes[s]);
            covered += interval.known && interval.low <= median && median <= interval.high;
        }
        CU_ASSERT(covered >= 0.942 * TRIALS); /* 95 % less 2.3 standard errors */
    }
}

static void test_ratio_interval_covers(void) {
    enum { TRIALS = 300, COUNT = 20 };
    int covered = 0;
    state = plait_pcg_seed(2);
    for (int trial = 0; trial < TRIALS; trial++) {
        double a[COUNT], b[COUNT];
        for (size_t k = 0; k < COUNT; k++) {
            a[k] = 1.5 * draw_time();
            b[k] = draw_time();
        }
        statistics_sort(a, COUNT);
        statistics_sort(b, COUNT);
        const struct interval interval = statistics_ratio_interval(a, COUNT, b, COUNT, 7);
        CU_ASSERT(interval.known && interval.low < interval.high);
        covered += interval.low <= 1.5 && 1.5 <= interval.high;
    }
    CU_ASSERT(covered >= 0.9 * TRIALS);
}

static void test_ratio_interval_repeats(void) {
    const double a[] = {1, 2, 3, 4, 5, 6}, b[] = {2, 3, 4, 5, 6, 7, 9};
    const struct interval first = statistics_ratio_interval(a, 6, b, 7, 42);
    const struct interval again = statistics_ratio_interval(a, 6, b, 7, 42);
    CU_ASSERT(first.known && first.low == again.low && first.high == again.high);
    CU_ASSERT_FALSE(statistics_ratio_interval(a, 5, b, 7, 42).known);
    CU_ASSERT_FALSE(statistics_ratio_interval(a, 6, b, 5, 42).known);
    /* Equal values leave no doubt. */
    const double c[] = {4, 4, 4, 4, 4, 4};
    const struct interval one = statistics_ratio_interval(c, 6, c, 6, 1);
    CU_ASSERT(one.known && one.low == 1 && one.high == 1);
}

/* -- fits ----------------------------------------------------------------------------------------
 */

enum { SEEDS = 1000, POINTS = 6, REPEATS = 6 };

/* Fits data made by the law itself with 2 % of noise, and counts how often each interval has the
 * true value. */
static void check_fit_covers(enum law law, const double *truth, int parameters) {
    static const double cores[POINTS] = {1, 2, 3, 4, 6, 8};
    int covered[FIT_PARAMETERS_MAX] = {0};
    const struct fit exact = {.values = {truth[0], truth[1], truth[2]}};
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        double p[POINTS * REPEATS], seconds[POINTS * REPEATS];
        struct fit fit;
        state = plait_pcg_run(1990, seed);
        for (size_t k = 0; k < POINTS * REPEATS; k++) {
            p[k] = cores[k % POINTS];
            seconds[k] = fit_seconds(law, &exact, p[k]) * exp(0.02 * draw_normal());
        }
        fit_law(law, p, seconds, POINTS * REPEATS, &fit);
        CU_ASSERT_PTR_NULL(fit.refusal);
        CU_ASSERT(fit.from == 1 && fit.to == 8 && fit.deviation < 0.05);
        for (int k = 0; k < parameters; k++)
            covered[k] += fit.intervals[k].known && fit.intervals[k].low <= truth[k] &&
                          truth[k] <= fit.intervals[k].high;
    }
    /* 95 of 100, less one that the test of the misfit takes, and what chance may take. */
    for (int k = 0; k < parameters; k++)
        CU_ASSERT(covered[k] >= 0.925 * SEEDS);
}

static void test_fits_cover(void) {
    check_fit_covers(LAW_AMDAHL, (double[]){10, 0.05, 0}, 2);
    check_fit_covers(LAW_GUSTAFSON, (double[]){3, 0.1, 0}, 2);
    check_fit_covers(LAW_USL, (double[]){10, 0.04, 0.01}, 3);
}

static void test_fits_refuse(void) {
    const double cores[] = {1, 1, 2, 2, 4, 4}, seconds[] = {8, 8.1, 4.1, 4, 2.1, 2};
    struct fit fit;
    fit_law(LAW_AMDAHL, cores, seconds, 4, &fit);
    CU_ASSERT_STRING_EQUAL(fit.refusal, "fewer than three numbers of cores");
    fit_law(LAW_USL, cores, seconds, 6, &fit);
    CU_ASSERT_STRING_EQUAL(fit.refusal, "fewer than four numbers of cores");
    fit_law(LAW_AMDAHL, cores, seconds, 6, &fit);
    CU_ASSERT_PTR_NULL(fit.refusal);
    CU_ASSERT(fabs(fit.values[1]) < 0.02);
}

/* Points that no such law goes through: no interval, whatever the noise says. */
static void test_fits_miss(void) {
    double cores[20], seconds[20];
    struct fit fit;
    state = plait_pcg_seed(3);
    for (size_t k = 0; k < 20; k++) {
        cores[k] = (double)(k / 4 + 1);
        seconds[k] = (cores[k] == 3 ? 9 : 10 / cores[k]) * exp(0.001 * draw_normal());
    }
    fit_law(LAW_AMDAHL, cores, seconds, 20, &fit);
    CU_ASSERT_PTR_NULL(fit.refusal);
    CU_ASSERT(fit.probability < FIT_MISFIT && fit.deviation > 0.2);
    CU_ASSERT_FALSE(fit.intervals[0].known || fit.intervals[1].known);
}

static void test_small_ones(void) {
    const double values[] = {1, 2, 4, 8};
    CU_ASSERT_EQUAL(statistics_median(values, 4), 3);
    CU_ASSERT_EQUAL(statistics_median(values, 3), 2);
    CU_ASSERT(isinf(statistics_relative_width(values, 4)));
    const double six[] = {9, 9.5, 10, 10, 10.5, 12};
    CU_ASSERT(close_to(0.2, statistics_relative_width(six, 6), 1e-12));
    /* A serial share of a tenth on four cores: S = 1 / (0.1 + 0.9 / 4). */
    CU_ASSERT(close_to(0.1, statistics_karp_flatt(1 / 0.325, 4), 1e-12));
    CU_ASSERT(close_to(0, statistics_karp_flatt(4, 4) + 1e-30, 1e-9) ||
              statistics_karp_flatt(4, 4) == 0);
    CU_ASSERT_FALSE(statistics_mann_whitney(values, 0, values, 4).known);
    CU_ASSERT_FALSE(statistics_kruskal_wallis(six + 2, (size_t[]){1, 1}, 2).known);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"as SciPy has them", test_as_scipy},
        {"rank intervals cover the median", test_rank_interval_covers},
        {"bootstrap intervals cover the ratio", test_ratio_interval_covers},
        {"bootstrap intervals repeat", test_ratio_interval_repeats},
        {"intervals of fits cover the truth", test_fits_cover},
        {"fits that are refused", test_fits_refuse},
        {"laws that miss the points", test_fits_miss},
        {"medians, widths, Karp and Flatt", test_small_ones},
        CU_TEST_INFO_NULL,
    };
    return run_suite("study_statistics", tests);
}
