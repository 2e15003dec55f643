/* SPDX-License-Identifier: MIT
 * What rank 0 prints and reports about a ring. */
#ifndef PLAIT_DRIVERS_RING_REPORT_H
#define PLAIT_DRIVERS_RING_REPORT_H

#include "messages/ring_rounds.h"
#include "run/command.h"

/* Prints the times of the rounds, which are over. */
void ring_print_rounds(const struct ring *ring);

/* Prints a row of the map, which has just been measured, and before the first one its head. */
void ring_print_pair(const struct ring *ring, int pair);

/* Steps of the subcommand: prints the results, and writes the result of the report. */
bool ring_print(const struct run *run, void *state, struct failure *failure);
void ring_report(const struct run *run, const void *state, struct report *report);

#endif
