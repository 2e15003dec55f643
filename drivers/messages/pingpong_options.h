/* SPDX-License-Identifier: MIT
 * The options of plait pingpong. */
#ifndef PLAIT_DRIVERS_PINGPONG_OPTIONS_H
#define PLAIT_DRIVERS_PINGPONG_OPTIONS_H

#include "base/failure.h"
#include "run/run_options.h"

#include <stdbool.h>
#include <stdint.h>

struct pingpong_options {
    uint64_t size, repeat;
    double limit;      /* seconds for each size */
    const char *pairs; /* "0,1" or "all" */
    const char *plot;  /* NULL: no plots */
    struct run_options run;
};

extern const struct option_set pingpong_option_set;

/* The text of --pairs that stands for every pair. */
extern const char pingpong_all_pairs[];

/* Reads "A,B", two numbers of ranks, which may be equal. */
bool pingpong_read_pair(const char *text, int *first, int *second);

/* The names of the plots, in the order of enum pingpong_quantity; terminated by NULL. */
extern const char *const pingpong_plots[];

#endif
