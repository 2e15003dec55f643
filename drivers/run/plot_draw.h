/* SPDX-License-Identifier: MIT
 * The last step of plots: gnuplot, when MPI has ended. */
#ifndef PLAIT_DRIVERS_PLOT_DRAW_H
#define PLAIT_DRIVERS_PLOT_DRAW_H

/* Draws the plots, whose data and scripts are in the directory; their names are ended by NULL. What
 * cannot be drawn is one warning. */
void plot_draw(const char *directory, const char *const *names);

#endif
