/* SPDX-License-Identifier: MIT
 * The options of plait collectives. */
#ifndef PLAIT_DRIVERS_COLLECTIVES_OPTIONS_H
#define PLAIT_DRIVERS_COLLECTIVES_OPTIONS_H

#include "options/option.h"
#include "run/run_options.h"

#include <stdbool.h>
#include <stdint.h>

/* In the order of the choices of --style. */
enum collectives_style { STYLE_TABLE, STYLE_OSU, STYLE_IMB, STYLE_CSV };

struct collectives_options {
    struct option_texts list; /* names, or lists of them by commas; none: all */
    const char *sizes;        /* cluster/collectives_sizes.h reads it */
    uint64_t repeat, warmup, root;
    double limit; /* seconds for each size */
    int op;       /* enum collective_op */
    int type;     /* enum collective_type */
    int style;    /* enum collectives_style */
    bool verify;
    const char *plot; /* NULL: no plots */
    struct run_options run;
};

extern const struct option_set collectives_option_set;

/* The names of the plots; terminated by NULL. */
extern const char *const collectives_plots[];

#endif
