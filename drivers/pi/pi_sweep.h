/* SPDX-License-Identifier: MIT
 * The steps of a sweep of pi, their units of work, and their statistics, without MPI.
 *
 * Units are blocks of darts whose bounds depend on the sweep alone, never on ranks, and all runs of
 * a step are cut alike. Counts are integers; what is worked out in floating point is worked out
 * once, on rank 0, in the order of the runs. */
#ifndef PLAIT_DRIVERS_PI_SWEEP_H
#define PLAIT_DRIVERS_PI_SWEEP_H

#include "base/failure.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    SWEEP_STEPS_MAX = 63,     /* 2^0 .. 2^62 */
    SWEEP_RUNS_MAX = 1 << 20, /* a count of each is kept */
};

/* `runs` runs of darts[0], then as many of darts[1], ...: each step begins its runs at the same
 * places and is computed in full. Darts rise from step to step. */
struct sweep {
    uint64_t runs;
    uint64_t base; /* a step has that many times the darts of the one before */
    int steps;
    uint64_t darts[SWEEP_STEPS_MAX]; /* of one run */
    bool apart;                      /* each step is a round of its own */
};

/* The steps of a text such as "4^5:4^14": all powers of 4 between the two, each 1 ..
 * PLAIT_DARTS_MAX. Leaves sweep->runs and apart alone. A failure's text completes "--sweep: ". */
bool sweep_parse(const char *text, struct sweep *sweep, struct failure *failure);

/* A sweep of one step, of base 2; leaves sweep->runs and apart alone. */
void sweep_of_darts(uint64_t darts, struct sweep *sweep);

/* Steps from the first one on by the base, as long as they are at most `most` darts: at least
 * sweep->darts[0], at most PLAIT_DARTS_MAX. */
void sweep_go_on(struct sweep *sweep, uint64_t most);

/* Steps [first, first + steps) of a sweep, computed together: either one, or several that are small
 * altogether, so that they cost the messages of one. Its units lie run by run, in a run step by
 * step: any equal parts of them cost alike. */
struct sweep_round {
    const struct sweep *sweep;
    int first, steps;
    uint64_t run_units; /* of one run, all steps */
    uint64_t run_darts;
    uint64_t from; /* of one step only: darts of each run that were counted before */
};

/* The round that begins with step `first`, 0 <= first < sweep->steps. The sweep stays where it is.
 */
struct sweep_round sweep_round_at(const struct sweep *sweep, int first);

/* A part of a round of one step: darts [from, from + count) of each run, count at least 1. */
struct sweep_round sweep_round_part(const struct sweep_round *round, uint64_t from, uint64_t count);

/* For a sweep that the clock ends: how many of the `left` darts of each of `runs` runs to count
 * before the clock is looked at again; 0 when the seconds reach max_seconds. Speed is `darts` of
 * all runs in `seconds`, both 0 at the beginning: half of what the time left allows, but so many
 * that they are worth handing out, which are a tenth of a second on the slowest machine. */
uint64_t sweep_part_in_time(uint64_t runs, uint64_t left, double darts, double seconds,
                            double max_seconds);

/* Units of all runs. */
uint64_t sweep_round_units(const struct sweep_round *round);

/* Darts of units [0, unit), unit at most sweep_round_units. */
uint64_t sweep_round_darts(const struct sweep_round *round, uint64_t unit);

/* Darts [first, first + count) of step `step` of the sweep, of each of `runs` runs from `run` on.
 */
struct dart_range {
    int step;
    uint64_t run, runs, first, count;
    uint64_t units;
};

/* The longest range of one run that begins with unit `unit` and has at most `units` units, 1 or
 * more in the round. */
struct dart_range sweep_round_range(const struct sweep_round *round, uint64_t unit, uint64_t units);

/* How many runs lie whole in `units` units from `unit` on, if a run begins there; else 0. */
uint64_t sweep_round_whole_runs(const struct sweep_round *round, uint64_t unit, uint64_t units);

/* All that the round has of a step of whole runs. */
struct dart_range sweep_round_of_runs(const struct sweep_round *round, int step, uint64_t run,
                                      uint64_t runs);

/* What a step says of pi, from the estimates 4 hits / darts of its runs. */
struct pi_statistics {
    double mean, std;      /* std: population form, divided by the number of runs */
    double std_sample;     /* divided by one less; NAN for one run */
    double expected_std;   /* of one estimate: sqrt(pi (4 - pi) / darts) */
    double standard_error; /* of the mean: std_sample / sqrt(runs), or where the runs show nothing,
                            * one run or all alike, expected_std / sqrt(runs) */
    double z;              /* (mean - pi) / standard_error */
};

/* From the hits of runs [0, runs), runs >= 1, each of `darts` darts, together below 2^64 darts. */
struct pi_statistics pi_statistics_of(const uint64_t *hits, uint64_t runs, uint64_t darts);

/* The straight line y = slope x + intercept of least squares through the points. false for fewer
 * than two different x; then nothing is written. */
bool pi_fit_line(const double *x, const double *y, int points, double *slope, double *intercept);

/* A 95 % interval for pi. */
struct pi_interval {
    double low, high;
};

/* From `darts` darts in all, given as a double since runs times darts may be anything, with a mean
 * of 4 hits / darts. All darts are independent, so this is the interval of a binomial share (E. B.
 * Wilson, 1927), which is right for few darts and for extreme shares, too. */
struct pi_interval pi_interval_of(double mean, double darts);

#endif
