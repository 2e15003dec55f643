/* SPDX-License-Identifier: MIT
 * MPI from start to end: the communicators that a subcommand works with. */
#ifndef PLAIT_DRIVERS_SESSION_H
#define PLAIT_DRIVERS_SESSION_H

#include "base/failure.h"
#include "base/launcher.h"
#include "base/stopwatch.h"

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
    /* What the launcher calls its options; without one, what that of this MPI library does. */
    const struct launcher_words *launcher_words;
    /* The launcher that belongs to this MPI library, whichever started the ranks. */
    enum launcher_kind library;
    struct stopwatch *watch; /* the timers of this rank; rank 0 prints its own for --csv */
};

static inline bool session_is_root(const struct session *session) {
    return session->rank == ROOT;
}

/* Whether this process prints what is printed once. Of N worlds of one rank each is a rank 0: the
 * launcher's first process speaks for them. */
static inline bool session_speaks(const struct session *session) {
    return session_is_root(session) && (session->size > 1 || session->launcher.rank == 0);
}

/* What a subcommand needs of MPI; all false is the most common. */
struct session_needs {
    bool any_version; /* ranks may have different Plait versions, if their messages are the same */
    bool spawns;      /* the run may start processes by MPI_Comm_spawn, without a launcher, too */
    bool family;      /* it may where there is a launcher, or has been started so itself */
    bool one_thread;  /* no rank starts threads: MPI may leave out its locks, which shortens the
                       * time of a short message within a node by a third */
    bool any_world;   /* the work is done without messages, also where a launcher of another MPI has
                       * started N worlds of one rank */
};

/* A failure that is set before the call becomes that of all ranks.
 * Starts MPI, with MPI_THREAD_FUNNELED unless there is only one thread, and makes sure that all
 * ranks run the same subcommand of the same Plait version, and that MPI has all processes that the
 * launcher started. On a failure, which all ranks then have,
 * call session_end all the same. */
bool session_start(struct session *session, const char *command, struct session_needs needs,
                   struct failure *failure);

/* Ends MPI. */
void session_end(struct session *session);

#endif
