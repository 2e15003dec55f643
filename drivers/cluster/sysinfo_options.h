/* SPDX-License-Identifier: MIT
 * The options of plait sysinfo. */
#ifndef PLAIT_DRIVERS_SYSINFO_OPTIONS_H
#define PLAIT_DRIVERS_SYSINFO_OPTIONS_H

#include "run/run_options.h"

struct sysinfo_options {
    struct run_options run;
    bool vector, totals, devices;
};

extern const struct option_set sysinfo_option_set;

#endif
