/* SPDX-License-Identifier: MIT
 * The run of any subcommand, from its options to its report: the order of the steps is the same in
 * all. */
#ifndef PLAIT_DRIVERS_RUN_H
#define PLAIT_DRIVERS_RUN_H

#include "run/command.h"

/* Collective, with the same values on all ranks; local subcommands: in one process, session NULL.
 * Runs the steps of the subcommand in the order of struct command, and between them what all have
 * in common: options applied, outputs checked, ranks placed, time taken, lines flushed, report
 * written, memory freed. A failure is that of all ranks in the end. */
void run_command(struct session *session, const struct command *command,
                 struct option_values *values, struct failure *failure);

/* On rank 0, when MPI has ended, after a run that succeeded or failed with files_are_whole: draws
 * the plots that were asked for. gnuplot is a process of its own, and many networks forbid an MPI
 * process to start one. A failure is rank 0's alone. */
void run_plots(const struct option_values *values, struct failure *failure);

#endif
