/* SPDX-License-Identifier: MIT
 * Starts and ends MPI. */
#define _DEFAULT_SOURCE /* interface flags */
#include "ranks/session.h"

#include "base/other_threads.h"
#include "base/process_limits.h"
#include "plait/version.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* The first thing that ranks exchange, in a layout that never changes: every other version of Plait
 * must understand it. */
struct identity {
    char command[64];
    char version[32];
    uint64_t protocol;
};

/* Number of the layout of all later messages: raise it when struct placement or a packing changes.
 */
enum { PROTOCOL = 4 };

/* Ranks of one job may be started with different command lines (a : b in mpirun's application
 * contexts) or, on heterogeneous nodes, from different installations. Two subcommands would wait
 * for each other for ever: the first collective call checks that. */
static bool session_check_same_program(const struct session *session, const char *command,
                                       bool any_version, struct failure *failure) {
    struct identity mine = {.protocol = PROTOCOL};
    snprintf(mine.command, sizeof mine.command, "%s", command);
    snprintf(mine.version, sizeof mine.version, "%s", plait_version());
    struct identity root = mine;
    MPI_CHECK(MPI_Bcast(&root, sizeof root, MPI_BYTE, ROOT, session->world));
    if (memcmp(mine.command, root.command, sizeof mine.command) != 0)
        failure_set(
            failure, EXIT_USAGE,
            "this rank runs 'plait %s', rank 0 runs 'plait %s': start the same subcommand on all ranks",
            mine.command, root.command);
    const bool same_version = memcmp(mine.version, root.version, sizeof mine.version) == 0;
    if (mine.protocol != root.protocol || !(same_version || any_version))
        failure_set(failure, EXIT_USAGE,
                    "this rank runs Plait %s, rank 0 runs %s: install one version on all hosts",
                    mine.version, root.version);
    return agree(session, failure);
}

static bool session_has_ipv4(void) {
    struct ifaddrs *addresses;
    bool found = false;
    if (getifaddrs(&addresses) != 0)
        return false;
    for (const struct ifaddrs *a = addresses; a; a = a->ifa_next)
        found = found || (a->ifa_addr && a->ifa_addr->sa_family == AF_INET &&
                          (a->ifa_flags & IFF_UP) && !(a->ifa_flags & IFF_LOOPBACK));
    freeifaddrs(addresses);
    return found;
}

/* A launcher of another MPI, or srun without --mpi, starts N processes, each of which is a world of
 * one: N times the same work on the same files, and MPI_Comm_spawn waits for ever. */
static bool session_check_world(const struct session *session, struct failure *failure) {
    const struct launcher *launcher = &session->launcher;
    const struct launcher_words *fits = launcher_words(session->library);
    if (launcher->size <= session->size)
        return true;
    failure_set(
        failure, EXIT_USAGE,
        "%s started %d processes, but plait is built with %s, which finds %d of them: start it with mpiexec -n %d of %s (Debian: %s)%s",
        launcher_words(launcher->kind)->program, (int)launcher->size, fits->name, session->size,
        (int)launcher->size, fits->name, fits->debian,
        launcher->kind == LAUNCHER_SLURM ? ", or with srun --mpi=pmix" : "");
    return false;
}

/* What MPI reads from the environment when it starts; a value that the user has set stays. */
static void session_set_environment(const struct launcher *launcher, enum launcher_kind library,
                                    const struct session_needs *needs) {
    /* Open MPI's own MPI-IO reports success where a write has failed (4.1.4), and makes files for
     * locks next to the one that it opens. The other one that it contains, ROMIO, is also MPICH's.
     */
    setenv("OMPI_MCA_io", "^ompio", 0);

    /* MPI_Init examines the machine through hwloc, whose plugins start the drivers of its
     * accelerators: PoCL costs 0.1 s and 60 MiB per process, and replaces the actions of signals.
     * No rank needs them. A name with a minus is left out, one that this hwloc does not have is
     * ignored. */
    setenv("HWLOC_COMPONENTS", "-opencl,-cuda,-nvml,-gl,-rsmi,-levelzero", 0);

    /* Open MPI 5.0.7 finds no route between two processes whose hosts have addresses of both IPv4
     * and IPv6, and waits for ever (open-mpi/ompi issue 14079): spawned processes always, ranks of
     * different nodes too. Its ranks then use IPv4 alone. */
    if (library == LAUNCHER_PRRTE && !getenv("OMPI_MCA_btl_tcp_if_include") && session_has_ipv4())
        setenv("OMPI_MCA_btl_tcp_disable_family", "6", 0);

    const bool foreign = launcher_is_foreign(launcher->kind, library);
    const bool alone = launcher->kind == LAUNCHER_NONE && launcher->one_node && !needs->spawns;

    /* Between processes of one node ob1 is as fast as any other layer for messages, and all that a
     * process alone needs. Where it is chosen, MPI_Init does not probe for the networks of the
     * others: 0.2 s of 0.25. All ranks must choose the same one, and so must spawned processes,
     * which may run on other nodes, and those that spawn them. ob1 sends by what the user leaves of
     * btl, which may be nothing where another layer was meant. */
    if ((alone || (launcher->one_node && !needs->family)) && !getenv("OMPI_MCA_mtl") &&
        !getenv("OMPI_MCA_btl"))
        setenv("OMPI_MCA_pml", "ob1", 0);

    /* A single process may still spawn others: for that Open MPI 4 starts a daemon, which takes a
     * tenth of a second, and prints a page of errors where it cannot. */
    if (foreign || alone)
        setenv("OMPI_MCA_ess_singleton_isolated", "1", 0);
    if (!alone)
        return;
    /* It needs neither the directory for files shared by the processes of a job, which runs at the
     * same time would share then, nor shared file pointers, which would be in that directory, nor
     * shared memory, which Open MPI 5 keeps in a file that a limit may forbid. */
    setenv("OMPI_MCA_orte_create_session_dirs", "0", 0);
    setenv("OMPI_MCA_sharedfp", "^sm", 0);
    setenv("OMPI_MCA_btl", "self", 0);
}

/* The launcher that belongs to this MPI library. */
static enum launcher_kind session_library(void) {
    char version[MPI_MAX_LIBRARY_VERSION_STRING];
    int length;
    MPI_CHECK(MPI_Get_library_version(version, &length));
    return launcher_of_library(version);
}

/* MPICH (4.0.2 with UCX) shares memory in files of some MiB, and aborts in MPI_Init where it
 * cannot: 4 MiB were found to be too few, 8 MiB enough. Open MPI needs none. */
static void session_require_shared_files(void) {
#ifdef MPICH_VERSION
    process_limits_require_files(8192);
#endif
}

/* Open MPI gives its progress thread work in MPI_Init and does not wait for it. In MPI_Finalize it
 * unloads the code of that work, mca_pmix_*.so, before it ends the thread: where the machine is so
 * busy that the thread has not had a core between the two, the rank dies of a segmentation fault
 * (4.1.4; crashes in MPI_Finalize are open-mpi/ompi issue 10117). No setting that was tried avoids
 * it. Under heavy load, 4 of 360 jobs of an empty MPI program died of it; with the thread at the
 * lowest priority, 66 of 431 short jobs of plait without this wait and none of 506 with it. A
 * thread that sleeps has done its work; where cores are free that is so at once. */
static void session_wait_for_progress_threads(void) {
    const double processor_seconds = 0.05; /* a thread that polls for ever costs no more */
    (void)other_threads_settle(processor_seconds);
}

bool session_start(struct session *session, const char *command, struct session_needs needs,
                   struct failure *failure) {
    const int wanted = needs.one_thread ? MPI_THREAD_SINGLE : MPI_THREAD_FUNNELED;
    int provided;
    *session = (struct session){.world = MPI_COMM_WORLD, .launcher = launcher_detect()};
    session->library = session_library();
    session->launcher_words = launcher_words(
        session->launcher.kind == LAUNCHER_NONE ? session->library : session->launcher.kind);
    session_set_environment(&session->launcher, session->library, &needs);
    session_require_shared_files();
    MPI_CHECK(MPI_Init_thread(NULL, NULL, wanted, &provided));
    session_wait_for_progress_threads();
    MPI_CHECK(MPI_Comm_set_errhandler(session->world, MPI_ERRORS_RETURN));
    MPI_CHECK(MPI_Comm_rank(session->world, &session->rank));
    MPI_CHECK(MPI_Comm_size(session->world, &session->size));
    MPI_CHECK(MPI_Comm_split_type(session->world, MPI_COMM_TYPE_SHARED, session->rank,
                                  MPI_INFO_NULL, &session->node));
    MPI_CHECK(MPI_Comm_rank(session->node, &session->node_rank));
    MPI_CHECK(MPI_Comm_size(session->node, &session->node_size));

    if (provided < wanted)
        failure_set(
            failure, EXIT_RUN,
            "this MPI was built without thread support, plait needs MPI_THREAD_FUNNELED: use another build of MPI");
    if (!agree(session, failure))
        return false;
    if (!needs.any_world && !session_check_world(session, failure))
        return false;
    return session_check_same_program(session, command, needs.any_version, failure);
}

void session_end(struct session *session) {
    MPI_CHECK(MPI_Comm_free(&session->node));
    MPI_CHECK(MPI_Finalize());
}
