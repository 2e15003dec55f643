/* SPDX-License-Identifier: MIT
 * The energy that the processors of a node take, by the counters that Linux shows under powercap
 * (RAPL of Intel's and AMD's), or those of the driver amd_energy. */
#ifndef PLAIT_DRIVERS_ENERGY_H
#define PLAIT_DRIVERS_ENERGY_H

#include "base/system_file.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ENERGY_COUNTERS = 64, ENERGY_PATH_BYTES = 96 };

struct energy_counter {
    char path[ENERGY_PATH_BYTES]; /* below the root */
    double range_uj;              /* it begins at 0 again after that; 0: never */
    double last_uj;
};

/* The counters of all packages of a node, each energy once. */
struct energy {
    const char *root;
    size_t count;
    struct energy_counter counters[ENERGY_COUNTERS];
    enum system_read state; /* SYSTEM_READ: all of them can be read */
    double joules;          /* since energy_begin */
};

/* Finds the counters and reads them. root: "" for this machine; else a directory in which sys is
 * read; it must outlive *energy. */
void energy_begin(struct energy *energy, const char *root);

/* Reads them again and adds what was used. Whoever calls it at least every energy_period_seconds
 * misses no counter that has begun at 0 again. A counter that cannot be read any more makes the
 * state another one for good. */
void energy_sample(struct energy *energy);

/* By then no counter has used half of its range, if its package takes at most 1 kW; at least 0.1.
 */
double energy_period_seconds(const struct energy *energy);

/* The same over a time of any length, by a thread that reads them meanwhile. */
struct energy_meter;

/* NULL if there is no memory or no thread can be started; else to be ended by energy_meter_end. */
struct energy_meter *energy_meter_begin(const char *root);

/* What was found at the beginning. */
enum system_read energy_meter_state(const struct energy_meter *meter);

/* Ends the meter and frees it. Returns the joules since it began, NAN unless all could be read to
 * the end. */
double energy_meter_end(struct energy_meter *meter, enum system_read *state);

#endif
