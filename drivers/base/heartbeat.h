/* SPDX-License-Identifier: MIT
 * Heartbeats between the processes of a job, apart from MPI: a thread of each process sends rank 0
 * a datagram (UDP) several times in the limit, which says for how long the process has not run, and
 * rank 0 replies. So a rank that is stopped, asleep or cut off is known whatever the others are in:
 * the main threads may all be blocked in a collective call. The thread makes no MPI call.
 *
 * When a rank is not responding rank 0 holds the others, says so in one line, and ends them and
 * itself; so does its deputy should rank 0 be the one, and everybody ends alone some seconds later.
 * The launcher ends what is left. A rank that is held has its main thread in a signal handler,
 * which it does not leave: MPI would take the connections that the first to end closes for an
 * error, add lines of its own, and end the job with another status.
 *
 * A process that is not scheduled for a while, or a machine that sleeps, does not count that time:
 * it may have missed what the others sent. */
#ifndef PLAIT_DRIVERS_HEARTBEAT_H
#define PLAIT_DRIVERS_HEARTBEAT_H

#include "base/failure.h"
#include "base/host_name.h"

#include <stdbool.h>
#include <stdint.h>

/* Where a rank can be reached; that of rank 0 has what distinguishes its job from others. No
 * pointers: it is sent to the other ranks. */
enum { HEARTBEAT_ADDRESSES = 16 };
struct heartbeat_site {
    uint64_t token;
    uint32_t port;
    uint32_t count;
    unsigned char addresses[HEARTBEAT_ADDRESSES][16]; /* IPv6, or IPv4 mapped into it */
};

struct heartbeat_job {
    struct heartbeat_site site;        /* of rank 0 */
    struct heartbeat_site deputy_site; /* of the deputy */
    int rank, size;
    int deputy;                           /* who speaks if rank 0 is not responding */
    double limit_s;                       /* at least 1 */
    const char (*hosts)[HOST_NAME_BYTES]; /* of all ranks; must stay valid until the end */
};

/* Opens the socket of this rank. EXIT_RUN. */
bool heartbeat_listen(struct heartbeat_site *site, struct failure *failure);

/* On the main thread, after listen: starts the other one. One job at a time. EXIT_RUN. */
bool heartbeat_begin(const struct heartbeat_job *job, struct failure *failure);

/* Waits until rank 0 has replied. EXIT_RUN: not in time; the text names its addresses. */
bool heartbeat_connect(struct failure *failure);

/* When no rank needs this one any more. Does nothing unless listen or begin has been called. */
void heartbeat_end(void);

#endif
