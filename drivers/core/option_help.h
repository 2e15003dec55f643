/* SPDX-License-Identifier: MIT
 * Help from the option tables. Lines have at most 80 columns. */
#ifndef PLAIT_DRIVERS_OPTION_HELP_H
#define PLAIT_DRIVERS_OPTION_HELP_H

#include "core/option.h"

#include <stdio.h>

/* Prints what --help says: usage, summary, details, each option with argument, help, range and
 * default, and where options come from. */
void option_help(const struct option_set *set, FILE *stream);

#endif
