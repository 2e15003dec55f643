/* SPDX-License-Identifier: MIT
 * The options of plait check. */
#ifndef PLAIT_DRIVERS_CHECK_OPTIONS_H
#define PLAIT_DRIVERS_CHECK_OPTIONS_H

#include "run/run_options.h"

#include <stdbool.h>
#include <stdint.h>

struct check_options {
    struct run_options run;
    const char *only, *show;
    bool list, large;
    uint64_t repeat, size;
    double timeout;
};

extern const struct option_set check_option_set;

#endif
