/* SPDX-License-Identifier: MIT
 * Steps, units and statistics of pi. */
#include "pi/pi_sweep.h"

#include "base/number.h"
#include "plait/darts.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const double pi = 3.14159265358979323846;

/* Darts of a unit. Long against the jump to its first dart on the fastest path (30 microseconds to
 * one tenth of one), short against the end of a run on the slowest: 5 ms at 50 million darts a
 * second. Neighbouring units are computed as one range. */
static const uint64_t unit_darts = UINT64_C(1) << 18;

/* Of a round of several steps: a second of the slowest machine, milliseconds of the others. */
static const uint64_t round_darts_max = UINT64_C(1) << 26;
/* Its counts travel in one message. */
static const uint64_t round_counts_max = UINT64_C(1) << 20;

/* Between two looks at the clock, of all runs and of each. */
static const double part_darts_min = 1 << 22;
static const uint64_t part_run_darts_min = 64;

/* base^exponent. */
struct power {
    uint64_t base, exponent, value;
};

/* Reads the power that the first length characters of text are. */
static bool parse_power(const char *text, size_t length, struct power *power,
                        struct failure *failure) {
    char copy[48], *hat;
    if (length >= sizeof copy)
        return failure_set(failure, EXIT_USAGE, "'%s' is too long for two powers", text);
    snprintf(copy, sizeof copy, "%.*s", (int)length, text);
    const char *reason = number_count(copy, &power->value);
    if (reason == number_too_large)
        return failure_set(failure, EXIT_USAGE, "'%s' is above %" PRIu64 " darts", copy,
                           PLAIT_DARTS_MAX);
    if (reason)
        return failure_set(failure, EXIT_USAGE, "'%s' %s", copy, reason);
    hat = strchr(copy, '^');
    if (!hat)
        return failure_set(failure, EXIT_USAGE, "'%s' is not written as a power such as 4^5", copy);
    *hat = '\0';
    number_count(copy, &power->base);
    if (number_count(hat + 1, &power->exponent) || power->base < 2)
        return failure_set(failure, EXIT_USAGE, "the base of a sweep must be 2 or more, not %s",
                           copy);
    if (power->value > PLAIT_DARTS_MAX)
        return failure_set(failure, EXIT_USAGE, "'%s^%s' is above %" PRIu64 " darts", copy, hat + 1,
                           PLAIT_DARTS_MAX);
    return true;
}

bool sweep_parse(const char *text, struct sweep *sweep, struct failure *failure) {
    struct power from, to;
    const char *colon = strchr(text, ':');
    if (!colon)
        return failure_set(failure, EXIT_USAGE,
                           "'%s' has no ':': give two powers of one base, such as 4^5:4^14", text);
    if (!parse_power(text, (size_t)(colon - text), &from, failure) ||
        !parse_power(colon + 1, strlen(colon + 1), &to, failure))
        return false;
    if (from.base != to.base)
        return failure_set(failure, EXIT_USAGE,
                           "'%s' has two bases: give two powers of one, such as 4^5:4^14", text);
    if (from.value > to.value)
        return failure_set(failure, EXIT_USAGE, "'%s' goes down: exchange the two", text);
    sweep->base = from.base;
    sweep->darts[0] = from.value;
    sweep_go_on(sweep, to.value);
    return true;
}

void sweep_of_darts(uint64_t darts, struct sweep *sweep) {
    sweep->base = 2;
    sweep->steps = 1;
    sweep->darts[0] = darts;
}

void sweep_go_on(struct sweep *sweep, uint64_t most) {
    sweep->steps = 1;
    for (uint64_t darts = sweep->darts[0]; darts <= most / sweep->base;) {
        darts *= sweep->base;
        sweep->darts[sweep->steps++] = darts;
    }
}

/* Of one run of one step. */
static uint64_t units_of(uint64_t darts) {
    return (darts - 1) / unit_darts + 1;
}

static bool is_small(const struct sweep *sweep, uint64_t run_darts, int steps) {
    return (uint64_t)steps <= round_counts_max / sweep->runs &&
           run_darts <= round_darts_max / sweep->runs;
}

struct sweep_round sweep_round_at(const struct sweep *sweep, int first) {
    struct sweep_round round = {sweep, first, 0, 0, 0, 0};
    do {
        round.run_units += units_of(sweep->darts[first + round.steps]);
        round.run_darts += sweep->darts[first + round.steps];
        round.steps++;
    } while (first + round.steps < sweep->steps && !sweep->apart &&
             is_small(sweep, round.run_darts, round.steps + 1) &&
             is_small(sweep, round.run_darts + sweep->darts[first + round.steps], round.steps));
    return round;
}

struct sweep_round sweep_round_part(const struct sweep_round *round, uint64_t from,
                                    uint64_t count) {
    return (struct sweep_round){round->sweep, round->first, 1, units_of(count), count, from};
}

uint64_t sweep_part_in_time(uint64_t runs, uint64_t left, double darts, double seconds,
                            double max_seconds) {
    if (seconds >= max_seconds)
        return 0;
    const double speed = seconds > 0 ? darts / seconds : 0;
    const double fitting = speed * (max_seconds - seconds) / 2;
    const double part = fmax(fitting, part_darts_min) / (double)runs;
    if (part >= (double)left)
        return left;
    const uint64_t even = (uint64_t)part / 2 * 2; /* both halves of an output together */
    const uint64_t count = even > part_run_darts_min ? even : part_run_darts_min;
    return count < left ? count : left;
}

uint64_t sweep_round_units(const struct sweep_round *round) {
    return round->run_units * round->sweep->runs;
}

/* Darts of one run that the round has of a step. */
static uint64_t pi_sweep_darts_of(const struct sweep_round *round, int step) {
    return round->steps == 1 ? round->run_darts : round->sweep->darts[step];
}

/* A unit of one run: its step, and its place there. */
static int find_step(const struct sweep_round *round, uint64_t *unit) {
    int step = round->first;
    for (; *unit >= units_of(pi_sweep_darts_of(round, step)); step++)
        *unit -= units_of(pi_sweep_darts_of(round, step));
    return step;
}

uint64_t sweep_round_darts(const struct sweep_round *round, uint64_t unit) {
    uint64_t in_run = unit % round->run_units;
    uint64_t darts = unit / round->run_units * round->run_darts;
    const int step = find_step(round, &in_run);
    for (int s = round->first; s < step; s++)
        darts += pi_sweep_darts_of(round, s);
    return darts + in_run * unit_darts;
}

struct dart_range sweep_round_range(const struct sweep_round *round, uint64_t unit,
                                    uint64_t units) {
    uint64_t in_step = unit % round->run_units;
    struct dart_range range = {.step = find_step(round, &in_step),
                               .run = unit / round->run_units,
                               .runs = 1,
                               .first = round->from + in_step * unit_darts};
    const uint64_t darts = pi_sweep_darts_of(round, range.step);
    const uint64_t left = units_of(darts) - in_step;
    range.units = units < left ? units : left;
    range.count = units < left ? units * unit_darts : darts - in_step * unit_darts;
    return range;
}

uint64_t sweep_round_whole_runs(const struct sweep_round *round, uint64_t unit, uint64_t units) {
    return unit % round->run_units == 0 ? units / round->run_units : 0;
}

struct dart_range sweep_round_of_runs(const struct sweep_round *round, int step, uint64_t run,
                                      uint64_t runs) {
    const uint64_t darts = pi_sweep_darts_of(round, step);
    return (struct dart_range){step, run, runs, round->from, darts, runs * units_of(darts)};
}

/* Hits as they differ from their mean rounded down: small numbers, so that neither their sum nor
 * that of their squares loses what the estimates differ by. */
struct spread {
    uint64_t centre;
    double sum, squares;
};

static struct spread spread_of(const uint64_t *hits, uint64_t runs) {
    struct spread spread = {0, 0, 0};
    uint64_t sum = 0;
    for (uint64_t r = 0; r < runs; r++)
        sum += hits[r];
    spread.centre = sum / runs;
    spread.sum = (double)(sum % runs);
    for (uint64_t r = 0; r < runs; r++) {
        const double d = hits[r] >= spread.centre ? (double)(hits[r] - spread.centre)
                                                  : -(double)(spread.centre - hits[r]);
        spread.squares += d * d;
    }
    return spread;
}

struct pi_statistics pi_statistics_of(const uint64_t *hits, uint64_t runs, uint64_t darts) {
    const struct spread spread = spread_of(hits, runs);
    const double n = (double)runs, scale = 4 / (double)darts;
    /* The sum of squares about the mean; exact, and so never below 0, as long as squares is. */
    const double about_mean = fmax(0, spread.squares - spread.sum * (spread.sum / n));
    struct pi_statistics s = {
        .mean = ((double)spread.centre + spread.sum / n) * 4 / (double)darts,
        .std = scale * sqrt(about_mean / n),
        .std_sample = runs > 1 ? scale * sqrt(about_mean / (n - 1)) : NAN,
        .expected_std = sqrt(pi * (4 - pi) / (double)darts),
    };
    s.standard_error = (s.std_sample > 0 ? s.std_sample : s.expected_std) / sqrt(n);
    s.z = (s.mean - pi) / s.standard_error;
    return s;
}

bool pi_fit_line(const double *x, const double *y, int points, double *slope, double *intercept) {
    double mean_x = 0, mean_y = 0, squares = 0, products = 0;
    for (int k = 0; k < points; k++) {
        mean_x += x[k] / points;
        mean_y += y[k] / points;
    }
    for (int k = 0; k < points; k++) {
        squares += (x[k] - mean_x) * (x[k] - mean_x);
        products += (x[k] - mean_x) * (y[k] - mean_y);
    }
    if (!(squares > 0))
        return false;
    *slope = products / squares;
    *intercept = mean_y - *slope * mean_x;
    return true;
}

struct pi_interval pi_interval_of(double mean, double darts) {
    const double z = 1.959963984540054; /* of the normal distribution, both sides together 5 % */
    const double p = mean / 4;
    const double middle = (p + z * z / (2 * darts)) / (1 + z * z / darts);
    const double half =
        z / (1 + z * z / darts) * sqrt(p * (1 - p) / darts + z * z / (4 * darts * darts));
    return (struct pi_interval){4 * (middle - half), 4 * (middle + half)};
}
