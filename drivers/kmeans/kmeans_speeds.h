/* SPDX-License-Identifier: MIT
 * How fast the ranks of a run find labels. */
#ifndef PLAIT_DRIVERS_KMEANS_SPEEDS_H
#define PLAIT_DRIVERS_KMEANS_SPEEDS_H

#include "kmeans/kmeans.h"

#include <stdbool.h>

/* Collective, the same on all ranks: speeds[ranks], those of about equally fast ranks equal.
 * Returns whether they differ; also false where the run is too short to find that out, or a rank
 * has no memory for it. *seconds: how long it took, 0 where nothing was tried. */
bool kmeans_speeds_find(const struct kmeans *kmeans, double *speeds, double *seconds);

#endif
