/* SPDX-License-Identifier: MIT
 * The options of plait integrate. */
#ifndef PLAIT_DRIVERS_INTEGRATE_OPTIONS_H
#define PLAIT_DRIVERS_INTEGRATE_OPTIONS_H

#include "run/run_options.h"

#include <stdbool.h>
#include <stdint.h>

struct integrate_options {
    uint64_t n, workers; /* workers 0: the default */
    bool is_static, oversubscribe;
    struct run_options run;
};

extern const struct option_set integrate_option_set;

#endif
