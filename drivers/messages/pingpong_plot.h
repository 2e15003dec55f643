/* SPDX-License-Identifier: MIT
 * The matrix of all pairs of ranks, as text and as a picture. */
#ifndef PLAIT_DRIVERS_PINGPONG_PLOT_H
#define PLAIT_DRIVERS_PINGPONG_PLOT_H

#include "messages/pingpong_pairs.h"

#include <stdio.h>

/* A matrix of all pairs as CSV: numbers in microseconds or 10^6 bytes per second; first line and
 * column are rank numbers, and the diagonal is nan. A pair was measured once and appears
 * twice. These write the first line, and the row of a rank. */
void pingpong_write_columns(const struct pingpong *pingpong, FILE *stream);
void pingpong_write_row(const struct pingpong *pingpong, enum pingpong_quantity quantity, int row,
                        FILE *stream);

/* Writes data and scripts. EXIT_RUN on failure. */
bool pingpong_plot_write(const struct pingpong *pingpong, struct failure *failure);

#endif
