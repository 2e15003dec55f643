/* SPDX-License-Identifier: MIT
 * The last step of plots: gnuplot, when MPI has ended. */
#ifndef PLAIT_DRIVERS_PLOT_DRAW_H
#define PLAIT_DRIVERS_PLOT_DRAW_H

#include "base/failure.h"

/* Draws the plots, whose data and scripts are in the directory; their names are ended by NULL.
 * Without gnuplot that is one warning; any other reason why a plot cannot be drawn is EXIT_RUN. */
void plot_draw(const char *directory, const char *const *names, struct failure *failure);

#endif
