/* SPDX-License-Identifier: MIT
 * Manual pages from the option tables, in the man macros of roff. They say what --help says, in the
 * same sentences, and what holds for all subcommands. */
#ifndef PLAIT_DRIVERS_MANUAL_H
#define PLAIT_DRIVERS_MANUAL_H

#include "options/option.h"

#include <stdio.h>

/* What all pages share. */
struct manual {
    const char *version;                  /* "0.1.0" */
    const char *date;                     /* "2026-11-23", or "" for none */
    const struct option_set *const *sets; /* of all subcommands */
    size_t set_count;
};

/* plait(1): the subcommands, and what they have in common. */
void manual_overview(const struct manual *manual, FILE *stream);

/* plait-SUBCOMMAND(1) of one of the sets. */
void manual_command(const struct manual *manual, const struct option_set *set, FILE *stream);

#endif
