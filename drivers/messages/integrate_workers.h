/* SPDX-License-Identifier: MIT
 * The two sides of a parallel integration: a manager, and workers that it reaches through an
 * inter-communicator. */
#ifndef PLAIT_DRIVERS_INTEGRATE_WORKERS_H
#define PLAIT_DRIVERS_INTEGRATE_WORKERS_H

#include "ranks/session.h"

#include <stdint.h>

/* The manager's side, one process: tells the workers how many intervals there are, gets the parts
 * of the integral, and answers it. */
double integrate_manage(MPI_Comm workers, uint64_t intervals);

/* A worker's side: every W-th block is its own, if there are W workers. */
void integrate_work(MPI_Comm manager);

/* Collective over session->world. Rank 0 is the manager of the next `workers` ranks, which are
 * there: answers the communicator between the two, MPI_COMM_NULL on ranks beyond. Free it. */
MPI_Comm integrate_split(const struct session *session, int workers);

#endif
