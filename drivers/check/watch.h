/* SPDX-License-Identifier: MIT
 * Meetings of all ranks under a time limit. A rank that is stuck in an MPI call cannot be
 * interrupted: at the limit one line says what timed out and which ranks did not arrive, and the
 * job ends with status 1.
 *
 * How it knows: a rank that arrives sends rank 0 a notice, and rank 0 has a receive for it posted
 * all the time, so that notices come in also while rank 0 is in another MPI call itself. At the
 * limit a signal handler reads the receive buffer, which needs no MPI, whatever the main thread is
 * in. What it cannot know: who else has arrived when rank 0 itself is stuck outside MPI, or in a
 * call that takes in no messages; then only rank 0 is named. If rank 0 does not respond, rank 1
 * reports it some seconds later, and every rank ends by itself some seconds after that. */
#ifndef PLAIT_DRIVERS_WATCH_H
#define PLAIT_DRIVERS_WATCH_H

#include "ranks/mpi_try.h"
#include "ranks/session.h"

/* One watch at a time: a signal handler has no other way to its data. */

/* Collective. limit_s: seconds, above 0. tries: what this rank tries under the watch, or NULL; it
 * must outlive the watch. A failure is that of all ranks. */
bool watch_begin(const struct session *session, double limit_s, const struct mpi_tries *tries,
                 struct failure *failure);

/* Collective. Returns when all ranks have arrived. The limit begins anew here, for what errors name
 * as `what` ("gather-rows"); it must stay valid until watch_rest. */
void watch_meet(const char *what);

/* No limit until the next meeting. */
void watch_rest(void);

/* A file that is removed if the watch ends the job, or SIGHUP, SIGINT or SIGTERM this rank; NULL:
 * none. Must stay valid. */
void watch_file(const char *path);

/* Collective. */
void watch_end(void);

#endif
