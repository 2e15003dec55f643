/* SPDX-License-Identifier: MIT
 * Help from the option tables. Lines have at most 80 columns. */
#ifndef PLAIT_DRIVERS_OPTION_HELP_H
#define PLAIT_DRIVERS_OPTION_HELP_H

#include "options/option.h"

#include <stdio.h>

/* Prints what --help says: usage, summary, details, each option with argument, help, range and
 * default, and where options come from. */
void option_help(const struct option_set *set, FILE *stream);

/* Prints what plait --help says: usage, and the subcommands with their summaries. */
#define OPTION_HELP_PURPOSE "Hybrid compute kernels: MPI ranks, OpenMP threads, SIMD lanes"
void option_help_all(const struct option_set *const *sets, size_t count, FILE *stream);

/* The same for the subcommands of a family, as plait study --help. */
void option_help_family(const struct option_set *const *sets, size_t count, const char *family,
                        FILE *stream);

/* The sentences that help and manual pages share; each returns its text. */

/* "range; default: x; may be given again", as far as there is any of it. */
enum { OPTION_FACTS_BYTES = 1024 };
const char *option_facts(const struct option *option, char facts[OPTION_FACTS_BYTES]);

/* That a subcommand has another spelling; "" if it has none. */
enum { OPTION_ALIAS_BYTES = 96 };
const char *option_set_alias(const struct option_set *set, char text[OPTION_ALIAS_BYTES]);

/* Where options come from, and how numbers are written; "" if all are for the command line. */
enum { OPTION_ORIGINS_BYTES = 512 };
const char *option_origins(const struct option_set *set, char text[OPTION_ORIGINS_BYTES]);

#endif
