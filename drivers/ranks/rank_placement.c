/* SPDX-License-Identifier: MIT
 * Placement of the ranks: affinity, quota, sharers, threads, path. */
#define _GNU_SOURCE /* CPU_COUNT_S */
#include "ranks/rank_placement.h"

#include "base/exec_choice.h"
#include "base/placement_probe.h"
#include "base/thread_trial.h"
#include "base/topology.h"
#include "base/warning.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Open MPI's version string has several words, MPICH's several lines: the first line up to a comma.
 */
static void rank_placement_mpi_library(char *text, size_t bytes) {
    char full[MPI_MAX_LIBRARY_VERSION_STRING];
    int length;
    MPI_CHECK(MPI_Get_library_version(full, &length));
    full[strcspn(full, ",\n")] = '\0';
    char *word = strstr(full, "Version:"); /* MPICH's, with a tab after it */
    if (word) {
        const char *version = word + strlen("Version:");
        version += strspn(version, " \t");
        memmove(word, version, strlen(version) + 1);
    }
    for (char *c = full; *c; c++)
        if (*c == '\t')
            *c = ' ';
    snprintf(text, bytes, "%.*s", (int)bytes - 1, full);
}

/* The CPUs that the threads of this process may use, in the smallest set that the system takes,
 * which has the same size in all processes of a node. Empty where the system does not report it;
 * NULL without memory. Freed by CPU_FREE. */
static cpu_set_t *rank_placement_cpus(size_t *bytes) {
    cpu_set_t *set = NULL;
    bool is_large_enough = false;
    for (int cpus = CPU_SETSIZE; !is_large_enough && cpus <= CPU_SETSIZE * 64; cpus *= 2) {
        CPU_FREE(set);
        *bytes = CPU_ALLOC_SIZE(cpus);
        set = CPU_ALLOC(cpus);
        if (!set)
            return NULL;
        is_large_enough = sched_getaffinity(0, *bytes, set) == 0;
    }
    if (plait_visible_cpus(*bytes, set) == 0)
        CPU_ZERO_S(*bytes, set);
    return set;
}

/* What ranks of a node compare, next to their sets of CPUs. */
struct quota_notice {
    uint64_t group, rank;
};

/* Looks at cores of several hardware threads, where the node has such: ranks that are bound to
 * threads of their own may still have to share cores. all: the sets of all ranks of the node, then
 * the set that joins them. The first rank alone asks for the topology. Collective. */
static bool rank_placement_cores(const struct session *session, const cpu_set_t *mine_cpus,
                                 const char *all, size_t bytes, struct placement *mine,
                                 struct failure *failure) {
    const size_t ranks = (size_t)session->node_size, cpus = 8 * bytes;
    int has_threads = session->node_rank == 0 && topology_has_threads("");
    MPI_CHECK(MPI_Bcast(&has_threads, 1, MPI_INT, 0, session->node));
    int32_t *cores = has_threads ? malloc(cpus * sizeof *cores) : NULL;
    char *sets = has_threads ? malloc(2 * bytes) : NULL;
    struct topology_map *map = has_threads && session->node_rank == 0 ? topology_map_new("") : NULL;
    if (has_threads && (!cores || !sets || (session->node_rank == 0 && !map)))
        failure_set(failure, EXIT_RUN, "out of memory");
    const bool good = agree(session, failure);
    if (good && has_threads) {
        char *theirs = sets + bytes;
        if (map)
            topology_cores(map, cores, cpus);
        MPI_CHECK(MPI_Bcast(cores, (int)cpus, MPI_INT32_T, 0, session->node));
        mine->whole_cores = topology_whole_cores(cores, mine_cpus, sets, bytes);
        mine->node_whole_cores = topology_whole_cores(cores, all + ranks * bytes, NULL, bytes);
        for (size_t cpu = 0; cpu < cpus; cpu++)
            mine->online_whole_cores += cores[cpu] == (int32_t)cpu;
        for (size_t r = 0; r < ranks; r++) {
            bool share = false;
            topology_whole_cores(cores, all + r * bytes, theirs, bytes);
            for (size_t k = 0; k < bytes && !share; k++)
                share = sets[k] & theirs[k];
            mine->whole_sharers += share;
        }
    }
    topology_map_free(map);
    free(sets);
    free(cores);
    return good;
}

/* Compares this rank with those of its node: how many may use the same cores or the same quota, and
 * how many cores all of them may use. A set that the system did not report is taken to overlap any.
 * Returns the number of ranks that share this rank's quota, itself included. Collective. */
static int rank_placement_compare(const struct session *session, uint64_t quota_group,
                                  struct placement *mine, struct failure *failure) {
    const size_t ranks = (size_t)session->node_size;
    size_t bytes = 0;
    int quota_sharers = 0;
    const struct quota_notice my_quota = {quota_group, (uint64_t)session->rank};
    cpu_set_t *cpus = rank_placement_cpus(&bytes);
    char *all = malloc((ranks + 1) * bytes);
    struct quota_notice *quotas = malloc(ranks * sizeof *quotas);
    if (!cpus || !all || !quotas)
        failure_set(failure, EXIT_RUN, "out of memory");
    if (agree(session, failure)) {
        cpu_set_t *both = (void *)(all + ranks * bytes);
        MPI_CHECK(
            MPI_Allgather(cpus, (int)bytes, MPI_BYTE, all, (int)bytes, MPI_BYTE, session->node));
        MPI_CHECK(
            MPI_Allgather(&my_quota, 2, MPI_UINT64_T, quotas, 2, MPI_UINT64_T, session->node));
        mine->sharers = 0;
        for (size_t r = ranks; r-- > 0;) {
            const cpu_set_t *theirs = (const void *)(all + r * bytes);
            CPU_AND_S(bytes, both, cpus, theirs);
            mine->sharers += CPU_COUNT_S(bytes, both) > 0 || CPU_COUNT_S(bytes, cpus) == 0 ||
                             CPU_COUNT_S(bytes, theirs) == 0;
            if (quotas[r].group == quota_group) {
                quota_sharers++;
                mine->quota_rank = (int32_t)quotas[r].rank;
            }
        }
        CPU_ZERO_S(bytes, both);
        for (size_t r = 0; r < ranks; r++)
            CPU_OR_S(bytes, both, both, (const cpu_set_t *)(const void *)(all + r * bytes));
        mine->node_cores = CPU_COUNT_S(bytes, both);
        rank_placement_cores(session, cpus, all, bytes, mine, failure);
    }
    CPU_FREE(cpus);
    free(all);
    free(quotas);
    return quota_sharers;
}

bool rank_placement_resolve(const struct session *session, const char *path, uint64_t threads,
                            struct plait_exec *exec, struct placement *mine,
                            struct failure *failure) {
    uint64_t quota_group;
    placement_probe(mine, &session->launcher, (int)threads, &quota_group);
    mine->rank = session->rank;
    rank_placement_mpi_library(mine->mpi, sizeof mine->mpi);
    mine->node = session->rank;
    MPI_CHECK(MPI_Bcast(&mine->node, 1, MPI_INT32_T, 0, session->node));
    const int quota_sharers = rank_placement_compare(session, quota_group, mine, failure);
    if (mine->threads_asked == 0)
        mine->threads = placement_default_threads(mine->visible_cores, mine->sharers,
                                                  mine->cpu_quota, quota_sharers);

    struct thread_trial *trial = NULL;
    if (failure->exit_status == EXIT_DONE && exec_choose(exec, path, mine->threads, failure)) {
        mine->threads = exec->threads;
        snprintf(mine->path, sizeof mine->path, "%s", plait_path_name(exec->path));
        trial = thread_trial_begin(exec->threads, failure);
    }
    const bool agreed = agree(session, failure); /* only then have all ranks begun their trials */
    thread_trial_end(trial);
    return agreed;
}

bool rank_placement_gather(const struct session *session, const struct placement *mine,
                           struct placement **all, struct failure *failure) {
    *all = NULL;
    if (session_is_root(session)) {
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

void rank_placement_warn(const struct session *session, const struct placement *all) {
    struct placement_warnings warnings;
    if (!session_is_root(session))
        return;
    placement_examine(all, (size_t)session->size, &warnings);
    for (size_t k = 0; k < warnings.count; k++)
        warning_print(warnings.text[k]);
}
