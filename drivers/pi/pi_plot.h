/* SPDX-License-Identifier: MIT
 * The report's two plots of a sweep: the estimate with error bars, and the standard deviation with
 * its slope, both against log2 N. */
#ifndef PLAIT_DRIVERS_PI_PLOT_H
#define PLAIT_DRIVERS_PI_PLOT_H

#include "base/failure.h"
#include "pi/pi_sweep.h"

#include <stdbool.h>

/* Writes data and scripts. by_clock: the sweep was one that the clock ends, so data and pictures
 * say that they are not reproducible. EXIT_RUN on failure. */
bool pi_plot_write(const char *directory, const struct sweep *sweep,
                   const struct pi_statistics *statistics, bool by_clock, struct failure *failure);

#endif
