/* SPDX-License-Identifier: MIT
 * The options of plait colour. */
#ifndef PLAIT_DRIVERS_COLOUR_OPTIONS_H
#define PLAIT_DRIVERS_COLOUR_OPTIONS_H

#include "run/run_options.h"

struct colour_options {
    const char *file;
    int value; /* enum colour_value */
    const char *palette;
    int colour;     /* enum colour_by */
    uint64_t cycle; /* 0: colours do not repeat */
    uint64_t maxit; /* of the counts; 0: the largest of them */
    struct option_texts out;
    int progress;           /* enum progress_style */
    struct run_options run; /* threads */
};

/* What decides the colours of counts. */
enum colour_by { COLOUR_BY_COUNT, COLOUR_BY_HISTOGRAM };

extern const struct option_set colour_option_set;

#endif
