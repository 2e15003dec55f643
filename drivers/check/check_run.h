/* SPDX-License-Identifier: MIT
 * Runs one operation of plait check on all ranks and combines their results. */
#ifndef PLAIT_DRIVERS_CHECK_RUN_H
#define PLAIT_DRIVERS_CHECK_RUN_H

#include "base/failure.h"
#include "check/check_operations.h"
#include "ranks/session.h"

#include <stdint.h>

struct check_run {
    const struct session *session;
    uint64_t repeat; /* how often an operation is timed */
    uint64_t bytes;  /* of a buffer */
    struct trial trial;
};

/* The outcome of an operation; the same on all ranks. */
struct outcome {
    const struct operation *operation;
    enum trial_result result;
    int ranks;       /* that took part */
    double median_s; /* of the slowest rank's time; NAN unless ok */
    char note[512];  /* what is wrong, or why it is unavailable; "" if ok */
};

/* Begins a run of operations, with the watch over them. Collective, as all below. limit_s: seconds
 * for one repetition of one operation. The run must not move until check_run_end. */
bool check_run_begin(struct check_run *run, double limit_s, struct failure *failure);
void check_run_end(void);

/* Runs an operation `repeat` times, or until something is wrong. */
bool check_run_operation(struct check_run *run, const struct operation *operation,
                         struct outcome *outcome, struct failure *failure);

/* Runs it once with the data of the report; rank 0 prints those of every rank, before and after. */
bool check_run_show(struct check_run *run, const struct operation *operation,
                    struct outcome *outcome, struct failure *failure);

#endif
