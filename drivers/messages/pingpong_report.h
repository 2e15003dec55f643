/* SPDX-License-Identifier: MIT
 * What is told about a ping-pong, by rank 0. */
#ifndef PLAIT_DRIVERS_PINGPONG_REPORT_H
#define PLAIT_DRIVERS_PINGPONG_REPORT_H

#include "messages/pingpong_pairs.h"
#include "options/option_values.h"

/* Prints the table of a pair, or the matrices of all. EXIT_RUN without memory. */
bool pingpong_print(const struct pingpong *pingpong, struct failure *failure);

/* Writes the JSON report that --json asks for. */
bool pingpong_report(const struct pingpong *pingpong, const struct option_values *values,
                     struct failure *failure);

#endif
