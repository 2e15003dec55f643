/* SPDX-License-Identifier: MIT
 * The options of plait count. */
#ifndef PLAIT_DRIVERS_COUNT_OPTIONS_H
#define PLAIT_DRIVERS_COUNT_OPTIONS_H

#include "run/run_options.h"

#include <stdbool.h>
#include <stdint.h>

struct count_options {
    uint64_t n, max, find;
    const char *seed;
    struct run_options run;
};

extern const struct option_set count_option_set;

#endif
