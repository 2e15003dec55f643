/* SPDX-License-Identifier: MIT
 * Lines of slurm.conf that describe nodes: NodeName=red[01-06] CPUs=4 RealMemory=905. */
#ifndef PLAIT_DRIVERS_DOCTOR_NODELIST_H
#define PLAIT_DRIVERS_DOCTOR_NODELIST_H

#include "doctor/facts.h"

#include <stdbool.h>

enum { NODELIST_SIZES = 5 };
extern const char *const nodelist_size_names[NODELIST_SIZES];

/* Of a node; NAN: not said. */
struct nodelist_shape {
    double sizes[NODELIST_SIZES];
};

/* Whether red[01-06,08],blue has the name. */
bool nodelist_has(const char *list, const char *name);

/* The sizes of a node from lines without "NodeName=", in which DEFAULT is the default of the lines
 * after it. name NULL: of the first line. False if there is none of that name. */
bool nodelist_shape(const struct fact_list *lines, const char *name, struct nodelist_shape *shape);

#endif
