/* SPDX-License-Identifier: MIT
 * Rounds, medians and doubts. */
#define _DEFAULT_SOURCE /* getloadavg */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const double shortest_s = 1e-3; /* a call under the resolution of scheduling noise */
static const double widest = 0.05;
enum { fewest = 5 };

uint64_t bench_now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static double seconds_of(const struct bench_contender *c, uint32_t repeats) {
    const uint64_t start = bench_now_ns();
    for (uint32_t k = 0; k < repeats; k++)
        c->run(c->context);
    return (double)(bench_now_ns() - start) * 1e-9;
}

/* Doubles the repeats until a round is long enough; the last try was the warm-up of the round. */
static uint32_t calibrate(const struct bench_contender *c, double round_s) {
    uint32_t repeats = 1;
    while (seconds_of(c, repeats) < round_s && repeats < 1u << 30)
        repeats *= 2;
    return repeats;
}

static int compare(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void bench_run(struct bench_contender *contenders, size_t count, uint32_t rounds, double round_s) {
    for (size_t k = 0; k < count; k++)
        contenders[k].repeats = calibrate(&contenders[k], round_s);
    for (uint32_t r = 0; r < rounds; r++)
        for (size_t k = 0; k < count; k++) {
            struct bench_contender *c = &contenders[k];
            c->round_s[r] = seconds_of(c, c->repeats) / c->repeats;
        }
    for (size_t k = 0; k < count; k++) {
        struct bench_contender *c = &contenders[k];
        c->rounds = rounds;
        qsort(c->round_s, rounds, sizeof *c->round_s, compare);
        c->median_s = c->round_s[rounds / 2];
        c->spread = (c->round_s[rounds * 3 / 4] - c->round_s[rounds / 4]) / c->median_s;
    }
}

double bench_rate(const struct bench_contender *contender) {
    return contender->work / contender->median_s;
}

double bench_load(void) {
    double load;
    return getloadavg(&load, 1) == 1 ? load : -1;
}

const char *bench_doubt(const struct bench_contender *contender) {
    if (contender->rounds < fewest)
        return "fewer than five rounds say nothing of their spread: take more --rounds";
    if (contender->spread > widest)
        return "its rounds differ by more than 5 %: close other programs, take more --rounds";
    if (contender->median_s * contender->repeats < shortest_s)
        return "its rounds are shorter than a millisecond";
    return NULL;
}

static _Noreturn void end(int status, const char *text, const char *subject) {
    fprintf(stderr, "bench: %s '%s'\n", text, subject);
    exit(status);
}

void bench_die(const char *text, const char *subject) {
    end(1, text, subject);
}

void bench_misuse(const char *text, const char *subject) {
    end(2, text, subject);
}
