/* SPDX-License-Identifier: MIT
 * Starts and ends MPI. */
#include "comm/session.h"

#include "comm/agree.h"
#include "comm/mpi_check.h"

#include <stdio.h>
#include <string.h>

/* Ranks of one job may be started with unlike command lines (a:b in mpirun's application contexts).
 * Two subcommands would wait for each other for ever: the first collective call finds out. */
static bool same_command(const struct session *session, const char *command,
                         struct failure *failure) {
    char name[64] = "", of_root[64];
    snprintf(name, sizeof name, "%s", command);
    memcpy(of_root, name, sizeof name);
    MPI_CHECK(MPI_Bcast(of_root, sizeof of_root, MPI_CHAR, ROOT, session->world));
    if (memcmp(of_root, name, sizeof name) != 0)
        failure_set(failure, EXIT_USAGE,
                    "this rank runs 'plait %s', rank 0 runs 'plait %s': start "
                    "the same subcommand on all ranks",
                    name, of_root);
    return agree(session, failure);
}

bool session_start(struct session *session, const char *command, struct failure *failure) {
    int provided;
    *session = (struct session){.world = MPI_COMM_WORLD, .launcher = launcher_detect()};
    MPI_CHECK(MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided));
    MPI_CHECK(MPI_Comm_set_errhandler(session->world, MPI_ERRORS_RETURN));
    MPI_CHECK(MPI_Comm_rank(session->world, &session->rank));
    MPI_CHECK(MPI_Comm_size(session->world, &session->size));
    MPI_CHECK(MPI_Comm_split_type(session->world, MPI_COMM_TYPE_SHARED, session->rank,
                                  MPI_INFO_NULL, &session->node));
    MPI_CHECK(MPI_Comm_rank(session->node, &session->node_rank));
    MPI_CHECK(MPI_Comm_size(session->node, &session->node_size));

    if (provided < MPI_THREAD_FUNNELED)
        failure_set(failure, EXIT_RUN,
                    "this MPI was built without thread support, plait needs "
                    "MPI_THREAD_FUNNELED: use another build of MPI");
    if (!agree(session, failure))
        return false;
    return same_command(session, command, failure);
}

void session_end(struct session *session) {
    MPI_CHECK(MPI_Comm_free(&session->node));
    MPI_CHECK(MPI_Finalize());
}
