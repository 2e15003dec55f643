/* SPDX-License-Identifier: MIT
 * The energy that a run's work takes on all of its nodes. */
#ifndef PLAIT_DRIVERS_ENERGY_USE_H
#define PLAIT_DRIVERS_ENERGY_USE_H

#include "base/energy.h"
#include "files/report.h"
#include "run/command.h"
#include "run/run_options.h"

#include <stdbool.h>
#include <stdint.h>

struct energy_use {
    const struct energy_options *options; /* NULL: nobody asked for it */
    struct energy_meter *meter;           /* the first rank of a node, unless watts are given */
    bool has_meter_failed;                /* it could not be started */
    uint64_t begun_ns;
    /* Rank 0, from the end on. */
    double seconds;
    double joules;    /* NAN: not known */
    int nodes;        /* whose energy that is: those that share a kernel count once */
    char reason[320]; /* why it is not known */
};

/* Begins the measurement if options are given and ask for it. Warns where it cannot be done, before
 * the work. Collective. */
void energy_use_begin(struct energy_use *use, const struct run *run,
                      const struct energy_options *options);

/* Ends it, also when the work has failed. Collective. */
void energy_use_end(struct energy_use *use, const struct run *run);

/* Rank 0, after the end: a line, with what begins a comment in front of it; and the object
 * "energy". Nothing if nobody asked. */
void energy_use_print(const struct energy_use *use, const char *prefix,
                      const struct run_amount *amounts, size_t count);
void energy_use_report(const struct energy_use *use, struct report *report,
                       const struct run_amount *amounts, size_t count);

#endif
