/* SPDX-License-Identifier: MIT
 * Waiting without occupying a core: MPI's blocking calls spin, and ranks that still compute may
 * need that core. */
#ifndef PLAIT_DRIVERS_WAITING_H
#define PLAIT_DRIVERS_WAITING_H

#include "ranks/session.h"

#include <mpi.h>
#include <time.h>

/* Sleeps between polls, longer each time: 5 to 320 microseconds. */
struct backoff {
    struct timespec pause;
};

struct backoff backoff_begin(void);
void backoff_wait(struct backoff *backoff);

/* Does what MPI_Wait does. */
void wait_quietly(MPI_Request *request);

/* Collective: a barrier, for ranks that have nothing to do while others, most often rank 0, work.
 */
void quiet_barrier(const struct session *session);

#endif
