/* SPDX-License-Identifier: MIT
 * The subcommands, alphabetically: a line each. Both tables are made from this list. */
#ifndef PLAIT_DRIVERS_SUBCOMMANDS_H
#define PLAIT_DRIVERS_SUBCOMMANDS_H

#include "options/option.h"

#include <stddef.h>

#define PLAIT_SUBCOMMANDS(LINE) \
    LINE(amdahl)                \
    LINE(check)                 \
    LINE(collectives)           \
    LINE(colour)                \
    LINE(count)                 \
    LINE(hello)                 \
    LINE(integrate)             \
    LINE(julia)                 \
    LINE(kmeans)                \
    LINE(logs)                  \
    LINE(mandelbrot)            \
    LINE(pi)                    \
    LINE(pingpong)              \
    LINE(rank)                  \
    LINE(rerun)                 \
    LINE(ring)                  \
    LINE(study_compare)         \
    LINE(study_export)          \
    LINE(study_merge)           \
    LINE(study_report)          \
    LINE(study_run)             \
    LINE(study_status)          \
    LINE(sysinfo)

/* The option sets of all subcommands, in the order of the list (option_sets.c, without MPI), and
 * what they do (commands.c). */
struct command;
extern const struct option_set *const option_sets[];
extern const struct command *const command_table[];
extern const size_t command_count;

#endif
