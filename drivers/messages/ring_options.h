/* SPDX-License-Identifier: MIT
 * The options of plait ring. */
#ifndef PLAIT_DRIVERS_RING_OPTIONS_H
#define PLAIT_DRIVERS_RING_OPTIONS_H

#include "run/run_options.h"

#include <stdbool.h>
#include <stdint.h>

/* The bytes of two messages must fit into an int, as MPI counts. */
enum { RING_SIZE_MAX = 1 << 30 };

struct ring_options {
    uint64_t count, start, size;
    bool debug, map;
    struct run_options run;
};

extern const struct option_set ring_option_set;

#endif
