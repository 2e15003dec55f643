/* SPDX-License-Identifier: MIT
 * The ranks of a run as the library sees them: its sums and maxima, by MPI. */
#ifndef PLAIT_DRIVERS_KMEANS_TEAM_H
#define PLAIT_DRIVERS_KMEANS_TEAM_H

#include "plait/kmeans.h"
#include "ranks/session.h"

struct kmeans_messages {
    const struct session *session;
    double seconds; /* of this rank in messages, and in waiting for them */
};

/* messages lives as long as the team. */
struct plait_kmeans_team kmeans_team_make(struct kmeans_messages *messages);

#endif
