/* SPDX-License-Identifier: MIT
 * The options of pi, and the study that they ask for. */
#ifndef PLAIT_DRIVERS_PI_OPTIONS_H
#define PLAIT_DRIVERS_PI_OPTIONS_H

#include "base/failure.h"
#include "options/option_values.h"
#include "pi/pi_sweep.h"
#include "plait/pcg.h"
#include "run/run_options.h"

#include <stdbool.h>
#include <stdint.h>

struct pi_options {
    uint64_t darts;
    const char *sweep;
    uint64_t runs;
    const char *seed;    /* a whole number, or "random" */
    int generator;       /* enum plait_generator */
    int schedule;        /* enum schedule_kind */
    const char *plot;    /* NULL: no plots */
    const char *scatter; /* NULL: no picture */
    double target_error; /* 0: none */
    uint64_t max_darts;  /* of one run, with target_error */
    double max_time;     /* seconds, 0: no end by the clock */
    bool verify;
    const char *checkpoint; /* NULL: none */
    double checkpoint_every;
    int progress; /* enum progress_style */
    struct run_options run;
    struct energy_options energy;
};

/* Rows for a struct pi_options. */
enum { PI_OPTIONS = 15 };
extern const struct option pi_option_rows[PI_OPTIONS];

/* The sweep that applied options ask for. --darts and --sweep exclude each other where they come
 * from the same place; else the one of higher precedence counts. Runs that might draw the same
 * numbers are refused. With --target-error the sweep continues to --max-darts. Anything wrong is
 * EXIT_USAGE. */
bool pi_sweep_of_options(const struct pi_options *options, const struct option_values *values,
                         struct sweep *sweep, struct failure *failure);

extern const struct option_set pi_option_set;

/* The names of the plots, ended by NULL. */
extern const char *const pi_plots[];

#endif
