/* SPDX-License-Identifier: MIT
 * What a process reads besides its command line: environment and configuration file. */
#ifndef PLAIT_DRIVERS_PARAMETER_SOURCES_H
#define PLAIT_DRIVERS_PARAMETER_SOURCES_H

#include "options/option_values.h"

/* Merges the environment of this process and the file of --config into values that the command line
 * has been parsed into. sets: those of all subcommands, to distinguish a mistyped name from that of
 * another one. Warnings go to standard error. */
bool parameter_sources_merge(struct option_values *values, const struct option_set *const *sets,
                             size_t set_count, struct failure *failure);

#endif
