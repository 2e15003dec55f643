/* SPDX-License-Identifier: MIT
 * The options of plait logs. */
#ifndef PLAIT_DRIVERS_LOGS_OPTIONS_H
#define PLAIT_DRIVERS_LOGS_OPTIONS_H

#include "options/option.h"

struct logs_options {
    struct option_texts logs;
    const char *out; /* NULL: standard output */
    bool skip_bad;   /* lines that are left out are no failure */
};

extern const struct option_set logs_option_set;

#endif
