/* SPDX-License-Identifier: MIT
 * The options of plait rerun. */
#ifndef PLAIT_DRIVERS_RERUN_OPTIONS_H
#define PLAIT_DRIVERS_RERUN_OPTIONS_H

#include "run/run_options.h"

#include <stdbool.h>

struct rerun_options {
    const char *file;
    bool check, print;
    int progress;           /* enum progress_style */
    struct run_options run; /* threads and path of --check */
};

extern const struct option_set rerun_option_set;

#endif
