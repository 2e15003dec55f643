/* SPDX-License-Identifier: MIT
 * The last step of plots: gnuplot, when MPI has ended. */
#ifndef PLAIT_DRIVERS_PLOT_DRAW_H
#define PLAIT_DRIVERS_PLOT_DRAW_H

/* Draws `count` plots whose data and scripts are in the folder. What cannot be drawn is one
 * warning. */
void plot_draw(const char *folder, const char *const *names, int count);

#endif
