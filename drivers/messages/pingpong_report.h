/* SPDX-License-Identifier: MIT
 * What rank 0 prints and reports about a ping-pong. */
#ifndef PLAIT_DRIVERS_PINGPONG_REPORT_H
#define PLAIT_DRIVERS_PINGPONG_REPORT_H

#include "messages/pingpong_pairs.h"
#include "run/command.h"

/* Prints, before anything is measured, the head of the table. These three flush standard output;
 * write errors are reported at the end. */
void pingpong_print_head(const struct pingpong *pingpong);

/* Prints the line of one size of a pair. */
void pingpong_print_line(const struct pingpong *pingpong, const struct pingpong_line *line);

/* Prints a row of the matrix of all pairs, whose pairs have been measured, and before row 0 the
 * names of the columns. */
void pingpong_print_row(const struct pingpong *pingpong, enum pingpong_quantity quantity, int row);

/* Steps of the subcommand: prints what could not be printed before, writes the data and scripts of
 * the plots; writes the result of the report. */
bool pingpong_print(const struct run *run, void *state, struct failure *failure);
void pingpong_report(const struct run *run, const void *state, struct report *report);

#endif
