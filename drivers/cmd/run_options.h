/* SPDX-License-Identifier: MIT
 * The options that every subcommand with MPI has: how it runs and what it reports. */
#ifndef PLAIT_DRIVERS_RUN_OPTIONS_H
#define PLAIT_DRIVERS_RUN_OPTIONS_H

#include "core/option.h"

#include <stdint.h>

struct run_options {
    uint64_t threads; /* 0: the default */
    const char *path; /* NULL: the fastest */
    const char *json; /* NULL: no report file */
};

/* Rows for a struct run_options. */
enum { RUN_OPTIONS = 3 };
extern const struct option run_option_rows[RUN_OPTIONS];

#endif
