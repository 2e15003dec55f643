/* SPDX-License-Identifier: MIT
 * The option --seed of the subcommands that draw random numbers. */
#ifndef PLAIT_DRIVERS_SEED_H
#define PLAIT_DRIVERS_SEED_H

#include "base/failure.h"
#include "options/option_values.h"
#include "ranks/session.h"

#include <stdbool.h>
#include <stdint.h>

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

/* Collective. The seed of this run on all ranks; rank 0 draws it from the system if it is to be
 * random (EXIT_RUN if the system has none). From here on the option has it in digits: the report
 * tells what to give for the same numbers. */
bool seed_settle(const struct session *session, struct option_values *values, uint64_t *seed,
                 struct failure *failure);

#endif
