/* SPDX-License-Identifier: MIT
 * The plots of plait kmeans (--plot): data and scripts, by rank 0, of a sample of the points. */
#ifndef PLAIT_DRIVERS_KMEANS_PLOT_H
#define PLAIT_DRIVERS_KMEANS_PLOT_H

#include "base/failure.h"

#include <stdbool.h>

struct kmeans;
struct kmeans_outcome;

/* Collective: the mean silhouette of a sample, with the labels as they are now. */
bool kmeans_plot_silhouette(struct kmeans *kmeans, struct kmeans_outcome *outcome,
                            struct failure *failure);

/* Collective, when the work is done: writes all plots that the run has. */
bool kmeans_plot_write(struct kmeans *kmeans, struct failure *failure);

#endif
