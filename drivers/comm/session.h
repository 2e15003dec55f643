/* SPDX-License-Identifier: MIT
 * MPI from start to end: the communicators that a subcommand works with. */
#ifndef PLAIT_DRIVERS_SESSION_H
#define PLAIT_DRIVERS_SESSION_H

#include "core/failure.h"
#include "core/launcher.h"
#include "core/stopwatch.h"

#include <mpi.h>
#include <stdbool.h>

/* The rank that parses files, prints and writes. */
enum { ROOT = 0 };

struct session {
    MPI_Comm world; /* all ranks of the run */
    MPI_Comm node;  /* the ranks that share this rank's memory, in rank order */
    int rank, size; /* in world */
    int node_rank, node_size;
    struct launcher launcher;
    struct stopwatch *watch; /* the timers of this rank; rank 0 prints its own for --csv */
};

/* A failure that is set before becomes that of all ranks.
 * Starts MPI with MPI_THREAD_FUNNELED and makes sure that all ranks run the same subcommand of the
 * same Plait version; with any_version the versions may differ as long as they understand each
 * other. spawns: the run may start processes by MPI_Comm_spawn. On a failure, which all ranks then
 * have, call session_end all the same. */
bool session_start(struct session *session, const char *command, bool any_version, bool spawns,
                   struct failure *failure);

/* Ends MPI. */
void session_end(struct session *session);

#endif
