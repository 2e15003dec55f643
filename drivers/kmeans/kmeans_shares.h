/* SPDX-License-Identifier: MIT
 * How many rows each rank of plait kmeans takes: as many as the others, or, where ranks differ in
 * speed, in proportion to it. Labels do not depend on it. */
#ifndef PLAIT_DRIVERS_KMEANS_SHARES_H
#define PLAIT_DRIVERS_KMEANS_SHARES_H

#include "kmeans/kmeans.h"

/* Collective, when points and clusters are counted: shares of the points such that they fit into
 * the memory of the nodes. EXIT_USAGE where equal ones do not, on all ranks. */
bool kmeans_shares_find(struct kmeans *kmeans, struct failure *failure);

#endif
