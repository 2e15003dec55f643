/* SPDX-License-Identifier: MIT
 * What the run of pi knows, and how it is told. Standard output has the report's three columns, N,
 * mean and std, as each N ends; every other line begins with '#', as programs that read columns
 * expect it. */
#ifndef PLAIT_DRIVERS_PI_REPORT_H
#define PLAIT_DRIVERS_PI_REPORT_H

#include "base/placement.h"
#include "options/option_values.h"
#include "pi/pi_counts.h"
#include "pi/pi_limits.h"
#include "pi/pi_options.h"
#include "ranks/session.h"

#include <stdbool.h>
#include <stdint.h>

/* Seconds of this run, maxima over the ranks on rank 0, this rank's own elsewhere. */
struct pi_timing {
    double compute, gather, encode, total;
};

/* When these began on this rank, by clock_now_ns. */
struct pi_begun {
    uint64_t compute, encode, total;
};

/* Everything a rank knows of its run. */
struct pi {
    const struct session *session;
    const struct pi_options *options;
    struct sweep sweep;
    uint64_t seed;
    struct plait_exec exec;
    struct placement *placements; /* rank 0: of all ranks */
    struct pi_checkpoint checkpoint;
    struct pi_counts counts;
    struct pi_statistics statistics[SWEEP_STEPS_MAX]; /* rank 0, as far as steps are done */
    uint64_t verified;                                /* rank 0: darts, of all ranks */
    struct pi_timing timing;
    struct pi_begun begun;
    bool drawn;      /* rank 0: the files of --plot and --scatter are there */
    enum pi_end end; /* what ended the sweep, whose steps are those that are told */
    struct pi_cut cut;
};

/* Prints what stands before the lines. Rank 0, as all of these. */
void pi_print_head(const struct pi *pi);

/* Prints the line of a step that is done. */
void pi_print_step(const struct pi *pi, int step);

/* Prints what else is known of the steps, and the summary. */
void pi_print_end(const struct pi *pi);

/* Whether there was a target that no N met, for whichever reason. On every rank. */
bool pi_missed(const struct pi *pi);

/* Says so: EXIT_RUN. */
void pi_tell_missed(const struct pi *pi, struct failure *failure);

/* Writes the report that --json asks for. */
bool pi_report(const struct pi *pi, const struct option_values *values, struct failure *failure);

#endif
