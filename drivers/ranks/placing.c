/* SPDX-License-Identifier: MIT
 * Placement of the ranks: affinity, sharers, threads, path. */
#include "ranks/placing.h"

#include "base/exec_choice.h"
#include "base/warning.h"
#include "plait/version.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Open MPI's version string has several words, MPICH's several lines: the first line up to a comma.
 */
static void mpi_library(char *text, size_t bytes) {
    char full[MPI_MAX_LIBRARY_VERSION_STRING];
    int length;
    MPI_CHECK(MPI_Get_library_version(full, &length));
    full[strcspn(full, ",\n")] = '\0';
    char *word = strstr(full, "Version:"); /* MPICH's */
    if (word)
        memmove(word, word + strlen("Version:"), strlen(word + strlen("Version:")) + 1);
    for (char *c = full; *c; c++)
        if (*c == '\t')
            *c = ' ';
    snprintf(text, bytes, "%.*s", (int)bytes - 1, full);
}

/* Ranks of this node, this one included, whose affinity overlaps with this rank's. Collective. */
static int count_sharers(const struct session *session, const struct cpu_mask *cpus,
                         struct failure *failure) {
    struct cpu_mask *all = malloc((size_t)session->node_size * sizeof *all);
    if (!all)
        failure_set(failure, EXIT_RUN, "out of memory");
    if (!agree(session, failure)) {
        free(all);
        return 0;
    }
    MPI_CHECK(
        MPI_Allgather(cpus, sizeof *cpus, MPI_BYTE, all, sizeof *cpus, MPI_BYTE, session->node));
    int sharers = 0;
    for (int r = 0; r < session->node_size; r++)
        if (r == session->node_rank || cpu_mask_overlaps(&all[r], cpus))
            sharers++;
    free(all);
    return sharers;
}

static int choose_threads(const struct session *session, uint64_t asked, int visible_cores,
                          const struct cpu_mask *cpus, bool *chosen, struct failure *failure) {
    const int sharers = count_sharers(session, cpus, failure);
    const int from_environment = exec_threads_of_environment();
    *chosen = asked > 0 || from_environment > 0;
    if (asked > 0)
        return (int)asked;
    return from_environment > 0 ? from_environment
                                : placement_default_threads(visible_cores, sharers);
}

static int online_cores(void) {
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores > 0 && cores < INT32_MAX ? (int)cores : 1;
}

bool placing_resolve(const struct session *session, const char *path, uint64_t threads,
                     struct plait_exec *exec, struct placement *mine, struct failure *failure) {
    *mine = (struct placement){
        .rank = session->rank,
        .cpus = cpu_mask_of_process(),
        .visible_cores = plait_visible_cores(),
        .online_cores = online_cores(),
        .launcher_kind = session->launcher.kind,
        .launcher_size = session->launcher.size,
    };
    if (gethostname(mine->host, sizeof mine->host - 1) != 0)
        strcpy(mine->host, "unknown");
    snprintf(mine->version, sizeof mine->version, "%s", plait_version());
    mpi_library(mine->mpi, sizeof mine->mpi);
    mine->node = session->rank;
    MPI_CHECK(MPI_Bcast(&mine->node, 1, MPI_INT32_T, 0, session->node));

    bool chosen;
    mine->threads =
        choose_threads(session, threads, mine->visible_cores, &mine->cpus, &chosen, failure);
    mine->threads_chosen = chosen;
    if (exec_choose(exec, path, mine->threads, failure))
        snprintf(mine->path, sizeof mine->path, "%s", plait_path_name(exec->path));
    return agree(session, failure);
}

bool placing_gather(const struct session *session, const struct placement *mine,
                    struct placement **all, struct failure *failure) {
    *all = NULL;
    if (session->rank == ROOT) {
        *all = malloc((size_t)session->size * sizeof **all);
        if (!*all)
            failure_set(failure, EXIT_RUN, "out of memory");
    }
    if (!agree(session, failure))
        return false;
    MPI_CHECK(MPI_Gather(mine, sizeof *mine, MPI_BYTE, *all, sizeof *mine, MPI_BYTE, ROOT,
                         session->world));
    return true;
}

void placing_warn(const struct session *session, const struct placement *all) {
    struct placement_warnings warnings;
    /* In N worlds of one each process is a rank 0: the launcher's first one speaks for them. */
    if (session->rank != ROOT || session->launcher.rank != 0)
        return;
    placement_examine(all, (size_t)session->size, &warnings);
    for (size_t k = 0; k < warnings.count; k++)
        warning_print(warnings.text[k]);
}
