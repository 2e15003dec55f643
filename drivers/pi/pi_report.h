/* SPDX-License-Identifier: MIT
 * What the run of pi knows, and how it is reported. Standard output has the report's three columns,
 * N, mean and std, as each N ends; every other line begins with '#', as programs that read columns
 * expect it. */
#ifndef PLAIT_DRIVERS_PI_REPORT_H
#define PLAIT_DRIVERS_PI_REPORT_H

#include "pi/pi_counts.h"
#include "pi/pi_limits.h"
#include "pi/pi_options.h"
#include "run/command.h"

#include <stdbool.h>
#include <stdint.h>

/* Everything a rank knows of its run. */
struct pi {
    const struct run *run;
    const struct pi_options *options;
    struct sweep sweep;
    struct pi_checkpoint checkpoint;
    struct pi_counts counts;
    struct pi_statistics statistics[SWEEP_STEPS_MAX]; /* rank 0, as far as steps are done */
    uint64_t verified;                                /* rank 0: darts, of all ranks */
    struct failure drawing; /* rank 0: why the files of --plot and --scatter are not there */
    enum pi_end end;        /* what ended the sweep, whose steps are those that are printed */
    struct pi_cut cut;
};

/* Prints what stands before the lines. Rank 0, as all of these. */
void pi_print_head(const struct pi *pi);

/* Prints the line of a step that is done. */
void pi_print_step(const struct pi *pi, int step);

/* Steps of the subcommand. Prints what else is known of the steps, and the summary. */
bool pi_print(const struct run *run, void *state, struct failure *failure);

/* Refuses files that could not be written, and a target that no N met: EXIT_RUN. */
bool pi_judge(const struct run *run, void *state, struct failure *failure);

size_t pi_amounts(const struct run *run, const void *state, struct run_amount amounts[RUN_AMOUNTS]);
/* Darts that this run threw. */
bool pi_limit(const struct run *run, const void *state, enum plait_work *work, double *amount);

void pi_report_timing(const struct run *run, const void *state, struct report *report);
void pi_report_result(const struct run *run, const void *state, struct report *report);

#endif
