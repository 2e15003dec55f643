/* SPDX-License-Identifier: MIT
 * What is told about a ring, by rank 0. */
#ifndef PLAIT_DRIVERS_RING_REPORT_H
#define PLAIT_DRIVERS_RING_REPORT_H

#include "messages/ring_rounds.h"
#include "options/option_values.h"

/* Prints the tables and what the number came to. */
void ring_print(const struct ring *ring);

/* Writes the JSON report that --json asks for. */
bool ring_report(const struct ring *ring, const struct option_values *values,
                 struct failure *failure);

#endif
