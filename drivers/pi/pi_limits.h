/* SPDX-License-Identifier: MIT
 * Where pi ends before its sweep does: at a precision (--target-error), which the hits alone
 * decide, so that it is the same everywhere; or by the clock of rank 0 (--max-time). The clock
 * stops a step between two parts of it, so what was counted is always the first N darts of
 * every run. */
#ifndef PLAIT_DRIVERS_PI_LIMITS_H
#define PLAIT_DRIVERS_PI_LIMITS_H

#include "pi/pi_counts.h"

/* What ended a sweep. */
enum pi_end {
    PI_END_SWEEP,  /* all its steps are done */
    PI_END_TARGET, /* the first step that meets the target */
    PI_END_DARTS,  /* no step up to the most darts met the target */
    PI_END_TIME,   /* the time was up */
};

/* Where the clock stopped a sweep. */
struct pi_cut {
    uint64_t darts; /* N of the step that was to come, or to go on; 0: the clock stopped nothing */
    uint64_t counted; /* darts of each run of it that were counted */
    bool printed;     /* as a step of so many darts; else they are fewer than those before */
    int steps_left;   /* whole steps after it */
};

/* Collective. Whether the step that rank 0 has just printed meets the target. */
bool limits_met(const struct session *session, double target_error,
                const struct pi_statistics *statistics);

/* Collective. Counts a round of one step part by part until it is done or the time is up; *counted
 * is how many darts of each run were counted. max_seconds is for the whole sweep. */
bool limits_count(struct pi_counts *counts, const struct sweep_round *round, double max_seconds,
                  uint64_t *counted, struct failure *failure);

#endif
