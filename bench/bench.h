/* SPDX-License-Identifier: MIT
 * Timing for benchmarks: contenders take turns in short rounds, so that noise affects all of
 * them, and each is judged by the median of its rounds. Figures that should not be trusted are
 * marked.
 */
#ifndef PLAIT_BENCH_BENCH_H
#define PLAIT_BENCH_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BENCH_ROUNDS_MAX = 1000, BENCH_CONTENDERS_MAX = 24 };

/* Nanoseconds of a clock that never jumps. */
uint64_t bench_now_ns(void);

/* One thing that is timed: run(context) does `work` units of work, whatever they are. */
struct bench_contender {
    const char *name;
    void (*run)(void *context);
    void *context;
    double work;

    /* Filled by bench_run. */
    uint32_t repeats;                 /* calls in one round, so that a round is long enough */
    double round_s[BENCH_ROUNDS_MAX]; /* seconds per call, round by round; sorted at the end */
    uint32_t rounds;
    double median_s; /* seconds per call */
    double spread;   /* distance of the quartiles over the median */
};

/* Warms each contender up, finds how often it must run to take `round_s` seconds, then lets them
 * take turns for `rounds` rounds. count <= BENCH_CONTENDERS_MAX, 1 <= rounds <= BENCH_ROUNDS_MAX.
 */
void bench_run(struct bench_contender *contenders, size_t count, uint32_t rounds, double round_s);

/* Units of work per second, by the median. */
double bench_rate(const struct bench_contender *contender);

/* Load of other programs, in processors, just before a measurement; negative: unknown. */
double bench_load(void);

/* Why the figure should not be trusted, or NULL. */
const char *bench_doubt(const struct bench_contender *contender);

/* End the program with one line: a failure with status 1, wrong usage with status 2. */
_Noreturn void bench_die(const char *text, const char *subject);
_Noreturn void bench_misuse(const char *text, const char *subject);

#endif
