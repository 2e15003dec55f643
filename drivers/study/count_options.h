/* SPDX-License-Identifier: MIT
 * The options of all that counts samples: which count, and how intervals of ratios are drawn. */
#ifndef PLAIT_DRIVERS_STUDY_COUNT_OPTIONS_H
#define PLAIT_DRIVERS_STUDY_COUNT_OPTIONS_H

#include "options/option.h"

struct count_options {
    bool disturbed;
    uint64_t seed;
};

/* The rows of a table whose base is the place of a struct count_options; the first ones alone are
 * those of who takes no intervals. */
enum { COUNT_OPTIONS_DISTURBED = 1, COUNT_OPTIONS = 2 };
extern const struct option count_option_rows[COUNT_OPTIONS];

#endif
