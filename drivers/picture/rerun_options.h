/* SPDX-License-Identifier: MIT
 * The options of plait rerun. */
#ifndef PLAIT_DRIVERS_RERUN_OPTIONS_H
#define PLAIT_DRIVERS_RERUN_OPTIONS_H

#include "options/option.h"

#include <stdbool.h>
#include <stdint.h>

struct rerun_options {
    const char *file;
    bool check, print;
    uint64_t threads;
    const char *path;
    int progress; /* enum progress_style */
};

extern const struct option_set rerun_option_set;

#endif
