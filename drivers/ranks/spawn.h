/* SPDX-License-Identifier: MIT
 * Processes that a run starts itself, by MPI_Comm_spawn: plait again, which then runs a
 * subcommand's `work` (command.h) instead of a command line. */
#ifndef PLAIT_DRIVERS_SPAWN_H
#define PLAIT_DRIVERS_SPAWN_H

#include "base/failure.h"
#include "ranks/session.h"

#include <stdbool.h>

/* The only argument of a spawned process after its subcommand. */
extern const char spawn_argument[];

struct spawn_request {
    const char *subcommand;
    int count;
    bool oversubscribe;  /* more processes than slots or cores are intended */
    const char *more;    /* how to ask for that: "add --oversubscribe" */
    const char *instead; /* an alternative, printed after the fix: ", or use --static"; or "" */
};

/* Rank 0 alone: whether these processes can be spawned, as far as that can be foreseen; EXIT_USAGE
 * with a fix if not. MPI itself would hang then, or end with pages of text. */
bool spawn_check(const struct session *session, const struct spawn_request *request,
                 struct failure *failure);

/* What MPI_Comm_spawn is to be called with. The texts stay valid. */
struct spawn_call {
    const char *program;
    char *arguments[3]; /* MPI's argv: without the program, ended by NULL */
    MPI_Info info;      /* any slot and any core; free it */
};
struct spawn_call spawn_prepare(const struct session *session, const struct spawn_request *request);

/* Rank 0 alone. Starts the processes and returns the communicator with them, to be ended by
 * MPI_Comm_disconnect on both sides. MPI_COMM_NULL with EXIT_RUN if MPI reports that it cannot. */
MPI_Comm spawn_start(const struct session *session, const struct spawn_request *request,
                     struct failure *failure);

/* On a spawned process: the communicator with those who spawned it, MPI_COMM_NULL on any other. */
MPI_Comm spawn_parent(void);

#endif
