/* SPDX-License-Identifier: MIT
 * Sweeps of pi: texts and their steps, units that cover every dart once, and statistics against
 * values that another program worked out in exact fractions. */
#include "check.h"
#include "pi/pi_sweep.h"
#include "plait/darts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool parses(const char *text, int steps, uint64_t first, uint64_t last) {
    struct sweep sweep = {.runs = 5};
    struct failure failure = {0};
    return sweep_parse(text, &sweep, &failure) && sweep.runs == 5 && sweep.steps == steps &&
           sweep.darts[0] == first && sweep.darts[steps - 1] == last;
}

static void test_texts(void) {
    CHECK(parses("4^5:4^14", 10, 1024, 268435456));
    CHECK(parses("2^0:2^62", 63, 1, PLAIT_DARTS_MAX));
    CHECK(parses("10^3:10^3", 1, 1000, 1000));
    CHECK(parses("3^1:3^39", 39, 3, UINT64_C(4052555153018976267)));
    CHECK(
        parses("4611686018427387904^1:4611686018427387904^1", 1, PLAIT_DARTS_MAX, PLAIT_DARTS_MAX));
}

static void refused(const char *text, const char *reason) {
    struct sweep sweep;
    struct failure failure = {0};
    const bool parsed = sweep_parse(text, &sweep, &failure);
    check_that(!parsed && failure.exit_status == EXIT_USAGE && strstr(failure.text, reason),
               __FILE__, __LINE__, "'%s' is refused since it %s, not: %s", text, reason,
               parsed ? "parsed" : failure.text);
}

static void test_wrong_texts(void) {
    refused("4^5", "has no ':'");
    refused("", "has no ':'");
    refused("4^5:", "is not a whole number");
    refused(":4^5", "is not a whole number");
    refused(":", "is not a whole number");
    refused("4^5:4^6:4^7", "is not a whole number");
    refused("4^5: 4^6", "is not a whole number");
    refused("4^-1:4^6", "is not a whole number");
    refused("-4^1:4^6", "is negative");
    refused("1024:4096", "is not written as a power");
    refused("1e3:1e6", "is not written as a power");
    refused("4^5:2^14", "two bases");
    refused("4^14:4^5", "goes down");
    refused("1^5:1^14", "must be 2 or more");
    refused("0^5:0^14", "must be 2 or more");
    refused("4^5:4^32", "'4^32' is above 4611686018427387904 darts");
    refused("2^5:2^63", "above 4611686018427387904");
    refused("4^00000000000000000000000000000000000000000000005:4^14", "too long");
}

/* Whole runs in `units` units from `unit` on, all steps of them; returns their units. */
static uint64_t take_runs(const struct sweep_round *round, uint64_t unit, uint64_t units,
                          uint64_t *next, uint64_t *darts, bool *in_turn) {
    const uint64_t runs = sweep_round_whole_runs(round, unit, units);
    uint64_t taken = 0;
    for (int s = round->first; runs > 0 && s < round->first + round->steps; s++) {
        const struct dart_range range =
            sweep_round_of_runs(round, s, unit / round->run_units, runs);
        uint64_t *at = &next[(uint64_t)(s - round->first) * round->sweep->runs + range.run];
        *in_turn &= range.step == s && range.runs == runs;
        for (uint64_t r = 0; r < runs; r++) {
            *in_turn &= range.first == at[r];
            at[r] += range.count;
        }
        *darts += range.count * runs;
        taken += range.units;
    }
    *in_turn &= taken == runs * round->run_units;
    return taken;
}

/* Every dart of every step and run once, in ranges that lie where the units say. */
static void check_round(const struct sweep_round *round) {
    const uint64_t units = sweep_round_units(round), runs = round->sweep->runs;
    uint64_t *next = calloc((size_t)round->steps * runs, sizeof *next);
    uint64_t darts = 0;
    bool in_turn = true, right = true;
    if (!CHECK(next != NULL))
        return;
    for (uint64_t r = 0; r < runs; r++) /* steps resume where they were left */
        next[r] = round->from;
    for (uint64_t unit = 0, most = 1; unit < units; most = most % 7 + 1) {
        const uint64_t left = units - unit < most ? units - unit : most;
        right &= sweep_round_darts(round, unit) == darts;
        const uint64_t taken = most == 7 ? take_runs(round, unit, left, next, &darts, &in_turn) : 0;
        if (taken > 0) {
            unit += taken;
            continue;
        }
        const struct dart_range range = sweep_round_range(round, unit, left);
        uint64_t *at = &next[(uint64_t)(range.step - round->first) * runs + range.run];
        in_turn &= range.first == *at && range.count > 0 && range.units >= 1 &&
                   range.units <= left && range.runs == 1;
        *at += range.count;
        darts += range.count;
        unit += range.units;
    }
    right &= sweep_round_darts(round, units) == darts && darts == round->run_darts * runs;
    for (int s = 0; s < round->steps; s++)
        for (uint64_t r = 0; r < runs; r++)
            in_turn &= next[(uint64_t)s * runs + r] ==
                       (round->steps == 1 ? round->from + round->run_darts
                                          : round->sweep->darts[round->first + s]);
    check_that(in_turn && right, __FILE__, __LINE__, "round of steps %d to %d, %d runs",
               round->first, round->first + round->steps - 1, (int)runs);
    free(next);
}

static void test_rounds(void) {
    static const char *const texts[] = {"4^5:4^13", "2^0:2^22", "3^2:3^15", "1000003^1:1000003^1"};
    static const uint64_t runs[] = {1, 2, 7, 64};
    for (int t = 0; t < 4; t++)
        for (int r = 0; r < 4; r++) {
            struct sweep sweep = {.runs = runs[r]};
            struct failure failure = {0};
            CHECK(sweep_parse(texts[t], &sweep, &failure));
            int first = 0;
            while (first < sweep.steps) {
                const struct sweep_round round = sweep_round_at(&sweep, first);
                if (!CHECK(round.steps >= 1))
                    return;
                check_round(&round);
                first += round.steps;
            }
            CHECK_INT(sweep.steps, first);
        }
}

/* The report's small steps go together, its large ones each for itself. */
static void test_grouping(void) {
    struct sweep sweep = {.runs = 64};
    struct failure failure = {0};
    CHECK(sweep_parse("4^5:4^14", &sweep, &failure));
    CHECK_INT(5, sweep_round_at(&sweep, 0).steps);
    for (int first = 5; first < 10; first++)
        CHECK_INT(1, sweep_round_at(&sweep, first).steps);
    /* The counts of many runs go into one message a round. */
    sweep.runs = SWEEP_RUNS_MAX;
    CHECK(sweep_parse("2^0:2^3", &sweep, &failure));
    CHECK_INT(1, sweep_round_at(&sweep, 0).steps);
}

/* A step in parts, which need not be whole units. */
static void test_parts(void) {
    static const uint64_t counts[] = {64, 262144, 1, 700001, 37790};
    struct sweep sweep = {.runs = 3, .apart = true};
    struct failure failure = {0};
    CHECK(sweep_parse("10^4:10^6", &sweep, &failure));
    for (int s = 0; s < 3; s++)
        CHECK_INT(1, sweep_round_at(&sweep, s).steps);
    const struct sweep_round whole = sweep_round_at(&sweep, 2);
    uint64_t from = 0;
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
        const struct sweep_round part = sweep_round_part(&whole, from, counts[k]);
        CHECK(part.first == 2 && part.from == from && part.run_darts == counts[k]);
        check_round(&part);
        from += counts[k];
    }
    CHECK_INT(1000000, (int64_t)from);
}

/* From the first step on, by the base, up to a number that need not be a power. */
static void test_resuming(void) {
    struct sweep sweep = {.runs = 1};
    struct failure failure = {0};
    CHECK(sweep_parse("4^5:4^6", &sweep, &failure) && sweep.base == 4);
    sweep_go_on(&sweep, 4095);
    CHECK_INT(1, sweep.steps);
    sweep_go_on(&sweep, 4096);
    CHECK(sweep.steps == 2 && sweep.darts[1] == 4096);
    sweep_go_on(&sweep, PLAIT_DARTS_MAX);
    CHECK(sweep.steps == 27 && sweep.darts[26] == PLAIT_DARTS_MAX);
    sweep_of_darts(3, &sweep);
    CHECK(sweep.steps == 1 && sweep.base == 2);
    sweep_go_on(&sweep, PLAIT_DARTS_MAX);
    CHECK(sweep.steps == 61 && sweep.darts[60] == UINT64_C(3) << 60);
    sweep_of_darts(1, &sweep);
    sweep_go_on(&sweep, PLAIT_DARTS_MAX);
    CHECK(sweep.steps == SWEEP_STEPS_MAX && sweep.darts[62] == PLAIT_DARTS_MAX);
}

/* What the clock allows next. */
static void test_parts_in_time(void) {
    const uint64_t most = UINT64_C(1) << 40;
    CHECK_INT(65536, (int64_t)sweep_part_in_time(64, most, 0, 0, 1e-9));
    CHECK_INT(1000, (int64_t)sweep_part_in_time(64, 1000, 0, 0, 1e-9));
    CHECK_INT(64, (int64_t)sweep_part_in_time(SWEEP_RUNS_MAX, most, 0, 0, 1));
    CHECK_INT(63, (int64_t)sweep_part_in_time(SWEEP_RUNS_MAX, 63, 0, 0, 1));
    /* 10^9 darts per second, 4 s left: half of that, shared by two runs. */
    CHECK_INT(1000000000, (int64_t)sweep_part_in_time(2, most, 6e9, 6, 10));
    CHECK_INT(999999999, (int64_t)sweep_part_in_time(2, 999999999, 6e9, 6, 10));
    CHECK_INT(666666666, (int64_t)sweep_part_in_time(3, most, 6e9, 6, 10)); /* even */
    CHECK_INT(1 << 21, (int64_t)sweep_part_in_time(2, most, 1e10, 10 - 1e-9, 10));
    CHECK_INT(0, (int64_t)sweep_part_in_time(2, most, 1e10, 10, 10));
    CHECK_INT(0, (int64_t)sweep_part_in_time(2, 1, 1e10, 11, 10));
    /* No speed is too high for a count. */
    CHECK(sweep_part_in_time(1, PLAIT_DARTS_MAX, 1e30, 1, 1e30) == PLAIT_DARTS_MAX);
}

/* Units far beyond 32 bits. */
static void test_largest(void) {
    struct sweep sweep = {.runs = 2};
    sweep_of_darts(PLAIT_DARTS_MAX, &sweep);
    const struct sweep_round round = sweep_round_at(&sweep, 0);
    const uint64_t units = sweep_round_units(&round);
    CHECK(units > UINT32_MAX);
    CHECK(sweep_round_darts(&round, units) == 2 * PLAIT_DARTS_MAX);
    const struct dart_range last = sweep_round_range(&round, units - 1, 1);
    CHECK(last.run == 1 && last.first + last.count == PLAIT_DARTS_MAX);
    const struct dart_range whole = sweep_round_range(&round, 0, units);
    CHECK(whole.run == 0 && whole.count == PLAIT_DARTS_MAX && whole.units == units / 2);
}

static bool is_near(double expected, double got, double tolerance) {
    return (isnan(expected) && isnan(got)) || fabs(got - expected) <= tolerance;
}

enum { RUNS_MAX = 128 };

struct golden {
    uint64_t darts, runs, hits[RUNS_MAX];
    struct pi_statistics expected;
};

static bool parse_golden(char *line, struct golden *golden) {
    struct pi_statistics *e = &golden->expected;
    double *const reals[] = {&e->mean,           &e->std, &e->std_sample, &e->expected_std,
                             &e->standard_error, &e->z};
    char *rest = line;
    golden->darts = strtoull(rest, &rest, 10);
    golden->runs = strtoull(rest, &rest, 10);
    for (int k = 0; k < 6; k++)
        *reals[k] = strtod(rest, &rest);
    if (golden->runs < 1 || golden->runs > RUNS_MAX)
        return false;
    for (uint64_t r = 0; r < golden->runs; r++) {
        char *before = rest;
        golden->hits[r] = strtoull(rest, &rest, 10);
        if (rest == before)
            return false;
    }
    return *rest == '\n';
}

static void check_golden(const struct golden *golden) {
    const struct pi_statistics *e = &golden->expected;
    const struct pi_statistics s = pi_statistics_of(golden->hits, golden->runs, golden->darts);
    const double few = 1e-15; /* a few units in the last place */
    /* z loses what mean and pi have in common. */
    const double z_tolerance = fabs(e->z) * 8 * few + 4 * few / e->standard_error;
    check_that(is_near(e->mean, s.mean, few * e->mean) && is_near(e->std, s.std, few * e->std) &&
                   is_near(e->std_sample, s.std_sample, few * e->std_sample) &&
                   is_near(e->expected_std, s.expected_std, few * e->expected_std) &&
                   is_near(e->standard_error, s.standard_error, few * e->standard_error) &&
                   is_near(e->z, s.z, z_tolerance),
               __FILE__, __LINE__, "%.0f darts: %.17g %.17g %.17g %.17g %.17g %.17g",
               (double)golden->darts, s.mean, s.std, s.std_sample, s.expected_std, s.standard_error,
               s.z);
}

static void test_statistics(void) {
    static char line[8192];
    int lines = 0;
    FILE *file = fopen(PLAIT_GOLDEN_DIR "/pi_statistics.txt", "r");
    if (!CHECK(file != NULL))
        return;
    while (fgets(line, sizeof line, file)) {
        static struct golden golden;
        if (line[0] == '#')
            continue;
        lines++;
        if (CHECK(parse_golden(line, &golden)))
            check_golden(&golden);
    }
    fclose(file);
    CHECK_INT(14, lines);
}

static void check_interval(double hits, double darts, double low, double high) {
    const struct pi_interval interval = pi_interval_of(4 * hits / darts, darts);
    check_that(is_near(low, interval.low, 4e-15) && is_near(high, interval.high, 4e-15), __FILE__,
               __LINE__, "%.0f of %.0f: %.17g to %.17g", hits, darts, interval.low, interval.high);
}

/* The roots q of (p - q)^2 = z^2 q (1 - q) / n, solved with 50 digits elsewhere. */
static void test_intervals(void) {
    check_interval(802, 1024, 3.0277250439183062, 3.2294324000535288);
    check_interval(1, 1, 0.82619725750894956, 4);
    check_interval(0, 10, 0, 1.1101311994515571);
    check_interval(785398163, 1e9, 3.1414908659053058, 3.1416944293239319);
}

/* Through three points by hand: means 2 and 3, squares 2, products -3. */
static void test_line(void) {
    const double x[] = {1, 2, 3}, y[] = {5, 2, 2};
    double slope = 99, intercept = 99;
    CHECK(!pi_fit_line(x, y, 0, &slope, &intercept) && !pi_fit_line(x, y, 1, &slope, &intercept));
    CHECK(slope == 99 && intercept == 99);
    CHECK(pi_fit_line(x, y, 2, &slope, &intercept) && is_near(-3, slope, 1e-14) &&
          is_near(8, intercept, 1e-14));
    CHECK(pi_fit_line(x, y, 3, &slope, &intercept) && is_near(-1.5, slope, 1e-14) &&
          is_near(6, intercept, 1e-14));
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"texts", test_texts},
        {"wrong texts", test_wrong_texts},
        {"rounds", test_rounds},
        {"grouping", test_grouping},
        {"parts", test_parts},
        {"resuming", test_resuming},
        {"parts in time", test_parts_in_time},
        {"largest", test_largest},
        {"statistics", test_statistics},
        {"intervals", test_intervals},
        {"line", test_line},
        {0},
    };
    return check_main("pi_sweep", tests, argc, argv);
}
