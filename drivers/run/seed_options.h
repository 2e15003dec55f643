/* SPDX-License-Identifier: MIT
 * The option --seed of the subcommands that draw random numbers. */
#ifndef PLAIT_DRIVERS_SEED_OPTIONS_H
#define PLAIT_DRIVERS_SEED_OPTIONS_H

#include "base/failure.h"
#include "options/option.h"

#include <stdbool.h>

#define SEED_HELP \
    "where the random numbers begin: a whole number, or random to draw one and print it; "

/* A row whose member is the text: a whole number, or "random". */
#define SEED_ROW(member_offset, promise)                                                 \
    {                                                                                    \
        .name = "seed", .kind = OPTION_TEXT, .argument = "S", .help = SEED_HELP promise, \
        .default_value = "42", .offset = (member_offset), .check = seed_check,           \
    }

/* The check of the row. */
bool seed_check(const char *text, struct failure *failure);

/* Whether the text asks for a seed that is drawn. */
bool seed_is_random(const char *text);

#endif
