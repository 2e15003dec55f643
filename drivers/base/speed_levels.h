/* SPDX-License-Identifier: MIT
 * Measured speeds are noisy: ranks that are about as fast as each other count as equally fast, so
 * that noise moves no share. */
#ifndef PLAIT_DRIVERS_SPEED_LEVELS_H
#define PLAIT_DRIVERS_SPEED_LEVELS_H

#include <stdbool.h>

/* The fastest of speeds[ranks], and all that are slower by at most the part `spread` of it, get the
 * mean of theirs; the others are treated likewise, until each is in a level. Returns whether there
 * is one level. Where a speed is not known (not above 0, or not finite) nothing is said of any: all
 * become 1. */
bool speed_levels_find(double *speeds, int ranks, double spread);

#endif
