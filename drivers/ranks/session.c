/* SPDX-License-Identifier: MIT
 * Starts and ends MPI. */
#include "ranks/session.h"

#include "base/other_threads.h"
#include "base/process_limits.h"
#include "plait/version.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What ranks tell each other first, in a layout that never changes: it must be understood by every
 * other version of Plait. */
struct identity {
    char command[64];
    char version[32];
    uint64_t protocol;
};

/* Number of the layout of all later messages: raise it when struct placement or a packing changes.
 */
enum { PROTOCOL = 2 };

static void compare(const struct identity *mine, const struct identity *root, bool any_version,
                    struct failure *failure) {
    if (memcmp(mine->command, root->command, sizeof mine->command) != 0)
        failure_set(
            failure, EXIT_USAGE,
            "this rank runs 'plait %s', rank 0 runs 'plait %s': start the same subcommand on "
            "all ranks",
            mine->command, root->command);
    const bool same_version = memcmp(mine->version, root->version, sizeof mine->version) == 0;
    if (mine->protocol != root->protocol || !(same_version || any_version))
        failure_set(failure, EXIT_USAGE,
                    "this rank runs Plait %s, rank 0 runs %s: install one version on all hosts",
                    mine->version, root->version);
}

/* Ranks of one job may be started with unlike command lines (a : b in mpirun's application
 * contexts) or, on unlike nodes, from unlike installations. Two subcommands would wait for each
 * other for ever: the first collective call finds out. */
static bool same_program(const struct session *session, const char *command, bool any_version,
                         struct failure *failure) {
    struct identity mine = {.protocol = PROTOCOL};
    snprintf(mine.command, sizeof mine.command, "%s", command);
    snprintf(mine.version, sizeof mine.version, "%s", plait_version());
    struct identity root = mine;
    MPI_CHECK(MPI_Bcast(&root, sizeof root, MPI_BYTE, ROOT, session->world));
    compare(&mine, &root, any_version, failure);
    return agree(session, failure);
}

/* A process alone may still spawn others: for that Open MPI starts a daemon beside it, a tenth of a
 * second on the way in and a page of errors where it cannot. Plait does without; and without the
 * folder for files shared by the processes of a job, which runs at the same time would have in
 * common then. */
static void stay_alone(const struct launcher *launcher) {
    if (launcher->kind != LAUNCHER_NONE)
        return;
    setenv("OMPI_MCA_ess_singleton_isolated", "1", 0);
    setenv("OMPI_MCA_orte_create_session_dirs", "0", 0);
    setenv("OMPI_MCA_sharedfp", "^sm",
           0); /* shared file pointers, which would lie in that folder */
}

/* Open MPI's own MPI-IO reports success where a write has failed (4.1.4), and makes files for locks
 * beside the one that it opens. The other one that it brings, ROMIO, is also MPICH's. */
static void choose_file_access(void) {
    setenv("OMPI_MCA_io", "^ompio", 0);
}

/* MPICH (4.0.2 with UCX) shares memory in files of some MiB, and ends by itself in MPI_Init where
 * it cannot: 4 MiB were found to be too few, 8 MiB enough. Open MPI does without. */
static void require_shared_files(void) {
#ifdef MPICH_VERSION
    process_limits_require_files(8192);
#endif
}

/* Without a launcher there are no slots to count. */
static void spawn_freely(const struct launcher *launcher) {
    if (launcher->kind == LAUNCHER_NONE)
        setenv("OMPI_MCA_rmaps_base_oversubscribe", "1", 0);
}

/* Open MPI gives its progress thread work in MPI_Init and does not wait for it. In MPI_Finalize it
 * unloads the code of that work, mca_pmix_*.so, before it ends the thread: where the machine is so
 * busy that the thread has not had a core between the two, the rank dies of a segmentation fault
 * (4.1.4; crashes in MPI_Finalize are open-mpi/ompi issue 10117). No setting that was tried avoids
 * it. Under heavy load, 4 of 360 jobs of an empty MPI program died of it; with the thread at the
 * lowest priority, 66 of 431 short jobs of plait without this wait and none of 506 with it. A
 * thread that sleeps has done its work, and does at once where cores are free. */
static void let_progress_threads_catch_up(void) {
    const double processor_seconds = 0.05; /* a thread that polls for ever costs no more */
    (void)other_threads_settle(processor_seconds);
}

bool session_start(struct session *session, const char *command, struct session_needs needs,
                   struct failure *failure) {
    const int wanted = needs.one_thread ? MPI_THREAD_SINGLE : MPI_THREAD_FUNNELED;
    int provided;
    *session = (struct session){.world = MPI_COMM_WORLD, .launcher = launcher_detect()};
    if (needs.spawns)
        spawn_freely(&session->launcher);
    else
        stay_alone(&session->launcher);
    choose_file_access();
    require_shared_files();
    MPI_CHECK(MPI_Init_thread(NULL, NULL, wanted, &provided));
    let_progress_threads_catch_up();
    MPI_CHECK(MPI_Comm_set_errhandler(session->world, MPI_ERRORS_RETURN));
    MPI_CHECK(MPI_Comm_rank(session->world, &session->rank));
    MPI_CHECK(MPI_Comm_size(session->world, &session->size));
    MPI_CHECK(MPI_Comm_split_type(session->world, MPI_COMM_TYPE_SHARED, session->rank,
                                  MPI_INFO_NULL, &session->node));
    MPI_CHECK(MPI_Comm_rank(session->node, &session->node_rank));
    MPI_CHECK(MPI_Comm_size(session->node, &session->node_size));

    if (provided < wanted)
        failure_set(failure, EXIT_RUN,
                    "this MPI was built without thread support, plait needs "
                    "MPI_THREAD_FUNNELED: use another build of MPI");
    if (!agree(session, failure))
        return false;
    return same_program(session, command, needs.any_version, failure);
}

void session_end(struct session *session) {
    MPI_CHECK(MPI_Comm_free(&session->node));
    MPI_CHECK(MPI_Finalize());
}
