/* SPDX-License-Identifier: MIT
 * The options of plait colour. */
#ifndef PLAIT_DRIVERS_COLOUR_OPTIONS_H
#define PLAIT_DRIVERS_COLOUR_OPTIONS_H

#include "run/run_options.h"

struct colour_options {
    const char *file;
    int value; /* enum colour_value */
    const char *palette;
    struct option_texts out;
    int progress;           /* enum progress_style */
    struct run_options run; /* threads */
};

extern const struct option_set colour_option_set;

#endif
