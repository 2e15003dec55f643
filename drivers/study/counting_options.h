/* SPDX-License-Identifier: MIT
 * The options of all that counts samples: which count, and how intervals of ratios are drawn. */
#ifndef PLAIT_DRIVERS_STUDY_COUNTING_OPTIONS_H
#define PLAIT_DRIVERS_STUDY_COUNTING_OPTIONS_H

#include "options/option.h"

struct counting_options {
    bool disturbed;
    uint64_t seed;
};

/* The rows of a table whose base is the place of a struct counting_options; the first ones alone
 * are those of who takes no intervals. */
enum { COUNTING_OPTIONS_DISTURBED = 1, COUNTING_OPTIONS = 2 };
extern const struct option counting_option_rows[COUNTING_OPTIONS];

#endif
