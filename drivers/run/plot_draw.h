/* SPDX-License-Identifier: MIT
 * The first and the last step of plots: a look at their folder before the work, and gnuplot, when
 * MPI has ended. */
#ifndef PLAIT_DRIVERS_PLOT_DRAW_H
#define PLAIT_DRIVERS_PLOT_DRAW_H

#include "base/failure.h"

#include <stdbool.h>

/* Looks whether `count` plots can be written into the folder; other: an output that must not be one
 * of their files, or NULL. EXIT_USAGE if not. */
bool plot_check(const char *folder, const char *const *names, int count, const char *other,
                struct failure *failure);

/* Draws `count` plots whose data and scripts are in the folder. Without gnuplot that is one
 * warning; any other reason why a plot cannot be drawn is EXIT_RUN. */
void plot_draw(const char *folder, const char *const *names, int count, struct failure *failure);

#endif
