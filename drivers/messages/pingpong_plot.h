/* SPDX-License-Identifier: MIT
 * The matrix of all pairs of ranks, as text and as a picture. */
#ifndef PLAIT_DRIVERS_PINGPONG_PLOT_H
#define PLAIT_DRIVERS_PINGPONG_PLOT_H

#include "messages/pingpong_pairs.h"

enum pingpong_what { PINGPONG_LATENCY, PINGPONG_BANDWIDTH };

/* N x N numbers as CSV, in microseconds or 10^6 bytes a second; first line and column are rank
 * numbers, and of a rank with itself it is nan. A pair was measured once and stands there twice.
 * malloc'ed, caller frees; NULL without memory. */
char *pingpong_matrix(const struct pingpong *pingpong, enum pingpong_what what);

/* Looks at the folder before the work; other: an output that must not be one of the plots' files,
 * or NULL. EXIT_USAGE. */
bool pingpong_plot_check(const char *folder, const char *other, struct failure *failure);

/* Writes data and scripts. EXIT_RUN on failure. */
bool pingpong_plot_write(const struct pingpong *pingpong, struct failure *failure);

/* Draws them by gnuplot, after MPI has ended. What cannot be drawn is a warning: data and scripts
 * are there. */
void pingpong_plot_draw(const char *folder, struct failure *failure);

#endif
