/* SPDX-License-Identifier: MIT
 * Spawns processes, and checks first what would prevent it. */
#include "ranks/spawn.h"

#include "base/memory.h"
#include "ranks/mpi_check.h"
#include "ranks/mpi_try.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

const char spawn_argument[] = "--spawned";

/* What a small process of an MPI job takes of its own: some 4 MiB with Open MPI. */
enum { BYTES_PER_PROCESS = 8 << 20 };

/* The slots of the launcher that no rank has taken, or INT_MAX where it does not report them. */
static int spawn_free_slots(const struct session *session) {
    int *universe, found;
    MPI_CHECK(MPI_Comm_get_attr(session->world, MPI_UNIVERSE_SIZE, &universe, &found));
    const int64_t slots = found ? (int64_t)*universe - session->size : INT_MAX;
    return slots > 0 ? (int)slots : 0;
}

/* Without a launcher Open MPI starts a daemon of its own, which counts no slots. Since 5.0 that
 * daemon asks root for the same consent as mpirun does, in variables of its own. */
static bool spawn_check_alone(const struct session *session, const struct spawn_request *request,
                              struct failure *failure) {
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    if (session->library == LAUNCHER_HYDRA)
        return failure_set(
            failure, EXIT_USAGE,
            "MPICH spawns no processes without its mpiexec, and some of its builds (Debian's 4.0.2) none at all: use another MPI%s",
            request->instead);
    if (session->library == LAUNCHER_PRRTE && geteuid() == 0 &&
        !(getenv("PRTE_ALLOW_RUN_AS_ROOT") && getenv("PRTE_ALLOW_RUN_AS_ROOT_CONFIRM")))
        return failure_set(
            failure, EXIT_USAGE,
            "Open MPI 5 spawns no processes as root unless PRTE_ALLOW_RUN_AS_ROOT=1 and PRTE_ALLOW_RUN_AS_ROOT_CONFIRM=1 are set: set both, or run as another user%s",
            request->instead);
    return request->oversubscribe || request->count <= cores ||
           failure_set(failure, EXIT_USAGE, "%d processes are too many for %ld core%s: %s%s",
                       request->count, cores, cores == 1 ? "" : "s", request->more,
                       request->instead);
}

static bool spawn_check_launcher(const struct session *session, const struct spawn_request *request,
                                 struct failure *failure) {
    const enum launcher_kind kind = session->launcher.kind;
    /* Before the slots: to count them MPICH starts an mpiexec, and waits for ever for another one.
     */
    if (launcher_is_foreign(kind, session->library))
        return failure_set(
            failure, EXIT_USAGE,
            "%s cannot spawn processes of %s, which plait is built with: start plait with mpiexec of %s (Debian: %s)%s",
            launcher_words(kind)->program, launcher_words(session->library)->name,
            launcher_words(session->library)->name, launcher_words(session->library)->debian,
            request->instead);
    if (kind == LAUNCHER_SLURM)
        return failure_set(failure, EXIT_USAGE,
                           "srun cannot spawn processes: start plait by mpirun%s",
                           request->instead);
    if (launcher_has_rank_file(kind))
        return failure_set(
            failure, EXIT_USAGE,
            "the rank file has no place for spawned processes: start plait without %s%s",
            session->launcher_words->rank_file, request->instead);
    const int count = request->count, slots = spawn_free_slots(session);
    return request->oversubscribe || count <= slots || launcher_may_oversubscribe(kind) ||
           failure_set(failure, EXIT_USAGE,
                       "%d process%s cannot be spawned, the launcher has %d free slot%s: %s%s",
                       count, count == 1 ? "" : "es", slots, slots == 1 ? "" : "s", request->more,
                       request->instead);
}

/* Oversubscription ends where the memory of the node does. */
static bool spawn_check_memory(const struct spawn_request *request, struct failure *failure) {
    const uint64_t most = memory_available_bytes() / BYTES_PER_PROCESS;
    return (uint64_t)request->count <= most ||
           failure_set(failure, EXIT_USAGE,
                       "%d processes do not fit into the memory of this node: give at most %" PRIu64
                       "%s",
                       request->count, most, request->instead);
}

bool spawn_check(const struct session *session, const struct spawn_request *request,
                 struct failure *failure) {
    const bool alone = session->launcher.kind == LAUNCHER_NONE;
    return (alone ? spawn_check_alone : spawn_check_launcher)(session, request, failure) &&
           spawn_check_memory(request, failure);
}

/* This program's file; other nodes must have it at the same path, as they do for mpirun. */
static const char *spawn_program(void) {
    static char path[PATH_MAX];
    const ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    return length > 0 ? path : "plait";
}

/* Spawned processes would be placed as the ranks are: with --map-by slot:PE=4 Open MPI looks for
 * cores that no process has, and ends the job if there are none. Another MPI does not know these
 * keys, and ignores them. A launcher that may oversubscribe needs the option again. */
struct spawn_call spawn_prepare(const struct session *session,
                                const struct spawn_request *request) {
    const enum launcher_kind kind = session->launcher.kind;
    const bool oversubscribe =
        kind == LAUNCHER_NONE || request->oversubscribe || launcher_may_oversubscribe(kind);
    struct spawn_call call = {spawn_program(),
                              {(char *)request->subcommand, (char *)spawn_argument, NULL},
                              MPI_INFO_NULL};
    MPI_CHECK(MPI_Info_create(&call.info));
    MPI_CHECK(MPI_Info_set(call.info, "map_by", oversubscribe ? "slot:OVERSUBSCRIBE" : "slot"));
    MPI_CHECK(MPI_Info_set(call.info, "bind_to", "none"));
    return call;
}

MPI_Comm spawn_start(const struct session *session, const struct spawn_request *request,
                     struct failure *failure) {
    struct spawn_call call = spawn_prepare(session, request);
    struct mpi_tries tries = {.under_way = NULL};
    MPI_Comm children = MPI_COMM_NULL;
    MPI_CHECK(MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN));
    MPI_TRY(&tries, MPI_Comm_spawn(call.program, call.arguments, request->count, call.info, 0,
                                   MPI_COMM_SELF, &children, MPI_ERRCODES_IGNORE));
    MPI_CHECK(MPI_Info_free(&call.info));
    if (tries.failed) {
        failure_set(
            failure, EXIT_RUN,
            "%s: this MPI, or its launcher, spawns no processes (as Debian's MPICH 4.0.2): use another MPI%s",
            tries.failure, request->instead);
        return MPI_COMM_NULL;
    }
    MPI_CHECK(MPI_Comm_set_errhandler(children, MPI_ERRORS_RETURN));
    return children;
}

MPI_Comm spawn_parent(void) {
    MPI_Comm parent;
    MPI_CHECK(MPI_Comm_get_parent(&parent));
    if (parent != MPI_COMM_NULL)
        MPI_CHECK(MPI_Comm_set_errhandler(parent, MPI_ERRORS_RETURN));
    return parent;
}
