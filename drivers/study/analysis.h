/* SPDX-License-Identifier: MIT
 * What the samples of a study say: medians with intervals, speed-up and efficiency against a base
 * whose absolute time is known, factors, and laws of scaling. No number is made up: what the
 * samples do not allow is not known, and says so. */
#ifndef PLAIT_DRIVERS_STUDY_ANALYSIS_H
#define PLAIT_DRIVERS_STUDY_ANALYSIS_H

#include "study/fit.h"
#include "study/study.h"

#define NO_INDEX SIZE_MAX

/* A point. Ratios are of medians; NAN or unknown where there is none. */
struct point_result {
    size_t point;        /* of the grid */
    size_t group;        /* points of the same parameters */
    double cores, ideal; /* ideal: speed-up that cores and base allow */
    double *seconds;     /* sorted, of the samples that count */
    size_t count;
    size_t measured, disturbed, bad; /* samples in all; disturbed ones, failed or wrong ones */
    double median;
    struct interval interval;
    double speedup, efficiency, karp_flatt;
    double speed;           /* work per second of all ranks while they computed */
    double capacity;        /* speed-up if they did nothing else: their speed over the base's */
    double limit_seconds;   /* least time of computing that the arithmetic units allow */
    double compute_seconds; /* time of computing, of samples that have a limit */
    double limit_part;      /* the limit over that */
    double joules;          /* that the work took */
    double watts;           /* joules per second of the work */
    double per_joule;       /* work for each of the joules */
    struct interval speedup_interval, efficiency_interval;
};

/* The points of one set of parameters, in the order of cores. */
struct group_result {
    char setting[256];   /* "maxit=127", or "" */
    size_t base;         /* index into results: fewest cores with samples; NO_INDEX: none */
    size_t first, count; /* its results stand together */
    size_t best;         /* most cores with an efficiency of at least 0.75; NO_INDEX: none */
};

/* A law fitted to the points of one group with the same threads for each rank. */
struct fit_result {
    size_t group;
    uint64_t threads;
    enum law law;
    struct fit fit;
};

struct analysis {
    const struct study *study;
    bool with_disturbed;
    struct point_result *results;
    size_t count;
    struct group_result *groups;
    size_t group_count;
    struct fit_result *fits;
    size_t fit_count;
    size_t measured, disturbed, bad, used, warmups, replaced;
};

/* seed: of the bootstrap. Free with analysis_free, also after a failure. */
bool analyse(struct analysis *analysis, const struct study *study, bool with_disturbed,
             uint64_t seed, struct failure *failure);

void analysis_free(struct analysis *analysis);

#endif
