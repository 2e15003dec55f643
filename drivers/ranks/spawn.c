/* SPDX-License-Identifier: MIT
 * Spawns processes, and checks first what would prevent it. */
#include "ranks/spawn.h"

#include "ranks/mpi_check.h"
#include "ranks/mpi_try.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

const char spawn_argument[] = "--spawned";

/* The slots of the launcher that no rank has taken, or INT_MAX where it does not report them. */
static int spawn_free_slots(const struct session *session) {
    int *universe, found;
    MPI_CHECK(MPI_Comm_get_attr(session->world, MPI_UNIVERSE_SIZE, &universe, &found));
    return found ? *universe - session->size : INT_MAX;
}

static bool spawn_variable_is_set(const char *variable) {
    const char *text = getenv(variable);
    return text && strcmp(text, "0") != 0 && strcasecmp(text, "false") != 0;
}

/* Whether mpirun was given an option that allows more processes than slots: it passes its options
 * on in these variables. */
static bool spawn_may_oversubscribe(void) {
    const char *policy = getenv("OMPI_MCA_rmaps_base_mapping_policy");
    return spawn_variable_is_set("OMPI_MCA_rmaps_base_oversubscribe") ||
           (policy && strstr(policy, "OVERSUBSCRIBE") && !strstr(policy, "NOOVERSUBSCRIBE"));
}

/* Open MPI has what a process without a launcher needs for spawning: a daemon of its own. */
static bool spawn_needs_no_launcher(void) {
#ifdef OPEN_MPI
    return true;
#else
    return false;
#endif
}

bool spawn_check(const struct session *session, int count, const char *instead,
                 struct failure *failure) {
    if (session->launcher.kind == LAUNCHER_NONE)
        return spawn_needs_no_launcher() ||
               failure_set(
                   failure, EXIT_USAGE,
                   "this MPI spawns processes only below its launcher: mpirun -np 1 plait ...%s",
                   instead);
    if (session->launcher.kind == LAUNCHER_SLURM)
        return failure_set(failure, EXIT_USAGE,
                           "srun cannot spawn processes: start plait by mpirun%s", instead);
    /* What mpirun --rankfile sets, under the two names of the parameter. */
    if (getenv("OMPI_MCA_orte_rankfile") || getenv("OMPI_MCA_rmaps_rank_file_path"))
        return failure_set(
            failure, EXIT_USAGE,
            "the rank file has no place for spawned processes: start plait without --rankfile%s",
            instead);
    const int slots = spawn_free_slots(session);
    return count <= slots || spawn_may_oversubscribe() ||
           failure_set(
               failure, EXIT_USAGE,
               "%d process%s cannot be spawned, the launcher has %d free slot%s: give mpirun --oversubscribe or more slots%s",
               count, count == 1 ? "" : "es", slots > 0 ? slots : 0, slots == 1 ? "" : "s",
               instead);
}

/* This program's file; other nodes must have it at the same path, as they do for mpirun. */
static const char *spawn_program(void) {
    static char path[PATH_MAX];
    const ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    return length > 0 ? path : "plait";
}

/* Spawned processes would be placed as the ranks are: with --map-by slot:PE=4 Open MPI looks for
 * cores that no process has, and ends the job if there are none. Another MPI does not know these
 * keys, and ignores them. */
struct spawn_call spawn_prepare(const char *subcommand) {
    struct spawn_call call = {
        spawn_program(), {(char *)subcommand, (char *)spawn_argument, NULL}, MPI_INFO_NULL};
    MPI_CHECK(MPI_Info_create(&call.info));
    MPI_CHECK(MPI_Info_set(call.info, "map_by",
                           spawn_may_oversubscribe() ? "slot:OVERSUBSCRIBE" : "slot"));
    MPI_CHECK(MPI_Info_set(call.info, "bind_to", "none"));
    return call;
}

MPI_Comm spawn_start(const char *subcommand, int count, const char *instead,
                     struct failure *failure) {
    struct spawn_call call = spawn_prepare(subcommand);
    struct mpi_tries tries = {.under_way = NULL};
    MPI_Comm children = MPI_COMM_NULL;
    MPI_CHECK(MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN));
    MPI_TRY(&tries, MPI_Comm_spawn(call.program, call.arguments, count, call.info, 0, MPI_COMM_SELF,
                                   &children, MPI_ERRCODES_IGNORE));
    MPI_CHECK(MPI_Info_free(&call.info));
    if (tries.failed) {
        failure_set(failure, EXIT_RUN, "%s: use another MPI or launcher%s", tries.failure, instead);
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
