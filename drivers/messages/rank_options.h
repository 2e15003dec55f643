/* SPDX-License-Identifier: MIT
 * The options of plait rank. */
#ifndef PLAIT_DRIVERS_RANK_OPTIONS_H
#define PLAIT_DRIVERS_RANK_OPTIONS_H

#include "base/failure.h"
#include "run/run_options.h"

#include <stdbool.h>
#include <stdint.h>

/* --type; without it the values determine the type. */
enum rank_type { RANK_TYPE_ANY = -1, RANK_TYPE_INT, RANK_TYPE_FLOAT };

struct rank_options {
    const char *values; /* a list, a .npy file; NULL: draw */
    int type;           /* enum rank_type, if given */
    const char *seed;
    const char *out; /* NULL: no file */
    struct run_options run;
};

extern const struct option_set rank_option_set;

/* Whether the text of --values names a file; else it is a list. */
bool rank_is_file(const char *text);

/* Reads a whole number with a sign. */
bool rank_read_integer(const char *text, int64_t *integer);

/* Copies an item, which begins at text, without the spaces before it; returns where the next one
 * begins, or NULL. Text too long for a number is truncated, and is then no number. */
enum { RANK_ITEM_BYTES = 512 };
const char *rank_copy_item(const char *text, char item[RANK_ITEM_BYTES]);

#endif
