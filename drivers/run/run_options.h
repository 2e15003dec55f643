/* SPDX-License-Identifier: MIT
 * The options that every subcommand with MPI has: how it runs and what it reports. */
#ifndef PLAIT_DRIVERS_RUN_OPTIONS_H
#define PLAIT_DRIVERS_RUN_OPTIONS_H

#include "base/gpu_ranks.h"
#include "base/progress_display.h"
#include "base/schedule.h"
#include "options/option.h"
#include "options/option_values.h"

#include <stdbool.h>
#include <stdint.h>

struct run_options {
    uint64_t threads;      /* 0: the default */
    const char *path;      /* NULL: the fastest */
    const char *gpu_ranks; /* of the subcommands that have the row */
    const char *json;      /* NULL: no report file */
    bool csv;              /* timers.h prints them */
    double watchdog;       /* seconds; 0: none */
};

/* Rows for a struct run_options. The first ones say how kernels run, the others what is reported.
 */
enum { RUN_KERNEL_OPTIONS = 2, RUN_OPTIONS = 5 };
extern const struct option run_option_rows[RUN_OPTIONS];

/* The table of a local subcommand without kernels: the first row. */
#define RUN_THREADS_TABLE(base) \
    { run_option_rows, 1, (base) }

/* The table of a local subcommand: how kernels run, and no report. */
#define RUN_KERNEL_TABLE(base) \
    { run_option_rows, RUN_KERNEL_OPTIONS, (base) }

/* The table of a subcommand that calls no kernel: the rows without the first ones. */
#define RUN_REPORT_TABLE(base) \
    { run_option_rows + RUN_KERNEL_OPTIONS, RUN_OPTIONS - RUN_KERNEL_OPTIONS, (base) }

/* A table of its own, of the subcommands whose kernels run on devices. */
extern const struct option gpu_ranks_row[1];
#define GPU_RANKS_TABLE(base) \
    { gpu_ranks_row, 1, (base) }

/* The energy of the work, see run/energy_use.h. */
struct energy_options {
    bool energy;
    double watts; /* of each node; 0: measured */
};

/* Rows for a struct energy_options, of the subcommands whose work can be counted. */
enum { ENERGY_OPTIONS = 2 };
extern const struct option energy_option_rows[ENERGY_OPTIONS];
#define ENERGY_TABLE(base) \
    { energy_option_rows, ENERGY_OPTIONS, (base) }

/* Rows of the subcommands that work for long and share their work, for members that are theirs. */
#define SCHEDULE_ROW(member_offset, what, result)                                                                                                \
    {                                                                                                                                            \
        .name = "schedule", .kind = OPTION_CHOICE, .argument = "HOW",                                                                            \
        .help =                                                                                                                                  \
            "how ranks share " what                                                                                                              \
            ": one block each, cyclic, dynamic as ranks become free, or weighted, one block each in proportion to a measured speed; the " result \
            " are the same",                                                                                                                     \
        .default_value = "dynamic", .offset = (member_offset), .choices = schedule_names,                                                        \
    }
#define PROGRESS_ROW(member_offset)                                                               \
    {                                                                                             \
        .name = "progress", .kind = OPTION_CHOICE, .argument = "STYLE",                           \
        .help =                                                                                   \
            "how to show progress on long work; auto is a bar on a terminal and lines elsewhere", \
        .default_value = "auto", .offset = (member_offset), .choices = progress_styles,           \
    }
#define CHECKPOINT_ROW(member_offset, what)                                                                                                                                                                                             \
    {                                                                                                                                                                                                                                   \
        .name = "checkpoint", .kind = OPTION_TEXT, .argument = "FILE",                                                                                                                                                                  \
        .help =                                                                                                                                                                                                                         \
            "keep finished " what                                                                                                                                                                                                       \
            " in FILE during the run, so that the same command resumes from there, on other ranks, threads or paths too; SIGUSR1, SIGTERM, SIGINT and SIGXCPU save and stop, exit status 75; FILE is removed when the run is complete", \
        .offset = (member_offset), .replaces = true,                                                                                                                                                                                    \
    }
#define CHECKPOINT_EVERY_ROW(member_offset)                                                                                                                                                                            \
    {                                                                                                                                                                                                                  \
        .name = "checkpoint-every", .kind = OPTION_REAL, .argument = "SECONDS",                                                                                                                                        \
        .help =                                                                                                                                                                                                        \
            "save to the checkpoint after that many seconds, so that a crash loses no more work than that; saves come less often where they would take more than 5 % of the time; 0 saves whenever something is done", \
        .default_value = "5", .offset = (member_offset), .real_max = 86400,                                                                                                                                            \
    }

/* Refuses --checkpoint-every on a command line that has no --checkpoint: EXIT_USAGE. In a
 * configuration file or the environment it is a setting for those runs that have one. */
bool checkpoint_options_check(const struct option_values *values, struct failure *failure);

#endif
