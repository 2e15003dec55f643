/* SPDX-License-Identifier: MIT
 * The two sides of a parallel integration: a manager, and workers that it reaches through an
 * inter-communicator. */
#ifndef PLAIT_DRIVERS_INTEGRATE_WORKERS_H
#define PLAIT_DRIVERS_INTEGRATE_WORKERS_H

#include "ranks/session.h"

#include <stdint.h>

/* The manager's side, one process: broadcasts the number of intervals to the workers, gets their
 * parts of the integral, and returns it. */
double integrate_manage(MPI_Comm workers, uint64_t intervals);

/* A worker's side: of W workers each computes every W-th block. */
void integrate_work(MPI_Comm manager);

/* Collective over session->world. Rank 0 is the manager of the next `workers` ranks, which must
 * exist: returns the communicator between the two, MPI_COMM_NULL on ranks beyond. Free it. */
MPI_Comm integrate_split(const struct session *session, int workers);

#endif
