/* SPDX-License-Identifier: MIT
 * The options of plait amdahl. */
#ifndef PLAIT_DRIVERS_AMDAHL_OPTIONS_H
#define PLAIT_DRIVERS_AMDAHL_OPTIONS_H

#include "run/run_options.h"

struct amdahl_options {
    const char *serial; /* a part of 1, as number_part reads it */
    double work;        /* seconds of one core */
    struct run_options run;
    struct energy_options energy;
};

extern const struct option_set amdahl_option_set;

#endif
