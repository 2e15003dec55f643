/* SPDX-License-Identifier: MIT
 * The options of plait hello. */
#ifndef PLAIT_DRIVERS_HELLO_OPTIONS_H
#define PLAIT_DRIVERS_HELLO_OPTIONS_H

#include "run/run_options.h"

struct hello_options {
    bool devices; /* all of them, not only GPUs */
    struct run_options run;
};

extern const struct option_set hello_option_set;

#endif
