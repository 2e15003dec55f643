/* SPDX-License-Identifier: MIT
 * Waiting without burning a core: MPI's blocking calls spin, and the core may be one that ranks who
 * still compute need. */
#ifndef PLAIT_DRIVERS_WAITING_H
#define PLAIT_DRIVERS_WAITING_H

#include "ranks/session.h"

#include <mpi.h>
#include <time.h>

/* Sleeps between looks, longer each time: 5 to 320 microseconds. */
struct patience {
    struct timespec pause;
};

struct patience patience_begin(void);
void patience_wait(struct patience *patience);

/* As MPI_Wait. */
void wait_quietly(MPI_Request *request);

/* Collective: a barrier, for ranks that have nothing to do while others, most often rank 0, work.
 */
void quiet_barrier(const struct session *session);

#endif
