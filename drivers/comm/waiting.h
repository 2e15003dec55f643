/* SPDX-License-Identifier: MIT
 * Waiting without burning a core: MPI's blocking calls spin, and the core may be one that rank 0's
 * threads need. */
#ifndef PLAIT_DRIVERS_WAITING_H
#define PLAIT_DRIVERS_WAITING_H

#include "comm/session.h"

/* Collective. Returns on the other ranks when rank 0 has come here, up to a millisecond later; they
 * sleep between looks. Rank 0 goes on when all are there. */
void wait_for_root(const struct session *session);

#endif
