/* SPDX-License-Identifier: MIT
 * Examines where the ranks of a run landed. */
#define _GNU_SOURCE /* sched_getaffinity */
#include "base/placement.h"

#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { WORDS = PLACEMENT_CPUS / 64 };

int cpu_mask_count(const struct cpu_mask *mask) {
    int count = 0;
    for (int w = 0; w < WORDS; w++)
        for (uint64_t bits = mask->words[w]; bits; bits &= bits - 1)
            count++;
    return count;
}

struct cpu_mask cpu_mask_union(const struct cpu_mask *a, const struct cpu_mask *b) {
    struct cpu_mask both;
    for (int w = 0; w < WORDS; w++)
        both.words[w] = a->words[w] | b->words[w];
    return both;
}

bool cpu_mask_overlaps(const struct cpu_mask *a, const struct cpu_mask *b) {
    if (cpu_mask_count(a) == 0 || cpu_mask_count(b) == 0)
        return true;
    for (int w = 0; w < WORDS; w++)
        if (a->words[w] & b->words[w])
            return true;
    return false;
}

struct cpu_mask cpu_mask_of_process(void) {
    struct cpu_mask mask = {{0}};
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return mask;
    for (int cpu = 0; cpu < PLACEMENT_CPUS && cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &set))
            mask.words[cpu / 64] |= UINT64_C(1) << (cpu % 64);
    return mask;
}

int placement_default_threads(int visible_cores, int sharers) {
    const int share = visible_cores / (sharers > 0 ? sharers : 1);
    return share < 1 ? 1 : share > PLACEMENT_THREADS_MAX ? PLACEMENT_THREADS_MAX : share;
}

__attribute__((format(printf, 2, 3))) static void warn(struct placement_warnings *warnings,
                                                       const char *format, ...) {
    if (warnings->count == PLACEMENT_WARNINGS)
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(warnings->text[warnings->count++], PLACEMENT_WARNING_BYTES, format, arguments);
    va_end(arguments);
}

/* " and 6 more hosts", or nothing for 0. */
struct more {
    char text[48];
};
static struct more and_more(size_t others, const char *what) {
    struct more more = {""};
    if (others > 0)
        snprintf(more.text, sizeof more.text, " and %zu more %s%s", others, what,
                 others > 1 ? "s" : "");
    return more;
}

static void examine_worlds(const struct placement *ranks, size_t count,
                           struct placement_warnings *warnings) {
    if (count == 1 && ranks[0].launcher_size > 1)
        warn(warnings,
             "the launcher started %d processes, but each is rank 0 of a world of one: plait is "
             "built with %s, start it with the mpirun of that MPI%s",
             (int)ranks[0].launcher_size, ranks[0].mpi,
             ranks[0].launcher_kind == LAUNCHER_SLURM ? ", or with srun --mpi=pmix" : "");
}

static void examine_versions(const struct placement *ranks, size_t count,
                             struct placement_warnings *warnings) {
    size_t unlike = 0, first = 0;
    for (size_t r = count; r-- > 1;)
        if (strcmp(ranks[r].version, ranks[0].version) != 0) {
            unlike++;
            first = r;
        }
    if (unlike > 0)
        warn(warnings,
             "rank %zu on host %s%s runs Plait %s but rank 0 runs %s: install one version on all "
             "hosts",
             first, ranks[first].host, and_more(unlike - 1, "rank").text, ranks[first].version,
             ranks[0].version);
}

/* The option that lets ranks see all cores of their node, in the words of the launcher in use. */
static const char *unbind_option(const struct placement *rank) {
    switch (rank->launcher_kind) {
    case LAUNCHER_SLURM:
        return "--cpu-bind=none, or a larger --cpus-per-task, for srun";
    case LAUNCHER_HYDRA:
        return "-bind-to none for mpirun";
    default:
        return "--bind-to none for mpirun";
    }
}

static void examine_threads(const struct placement *ranks, size_t count,
                            struct placement_warnings *warnings) {
    size_t crowded = 0, first = 0;
    for (size_t r = count; r-- > 0;)
        if (ranks[r].threads > ranks[r].visible_cores) {
            crowded++;
            first = r;
        }
    if (crowded == 0)
        return;
    const struct placement *rank = &ranks[first];
    const bool bound =
        rank->visible_cores < rank->online_cores && rank->launcher_kind != LAUNCHER_NONE;
    warn(warnings,
         "rank %zu on host %s%s has %d threads but may use %d core%s: add %s%s--threads %d", first,
         rank->host, and_more(crowded - 1, "rank").text, (int)rank->threads,
         (int)rank->visible_cores, rank->visible_cores == 1 ? "" : "s",
         bound ? unbind_option(rank) : "", bound ? ", or " : "", (int)rank->visible_cores);
}

/* All ranks of one node together. */
struct node {
    const struct placement *first; /* its lowest rank */
    int ranks, threads;
    bool threads_chosen;  /* by any rank */
    struct cpu_mask cpus; /* of all its ranks */
};

static struct node node_of(const struct placement *ranks, size_t count, int32_t id) {
    struct node node = {0};
    for (size_t r = 0; r < count; r++) {
        if (ranks[r].node != id)
            continue;
        if (!node.first)
            node.first = &ranks[r];
        node.ranks++;
        node.threads += ranks[r].threads;
        node.threads_chosen = node.threads_chosen || ranks[r].threads_chosen;
        node.cpus = cpu_mask_union(&node.cpus, &ranks[r].cpus);
    }
    return node;
}

/* More threads than cores on a node, although each rank alone has cores enough. */
static bool is_oversubscribed(const struct node *node) {
    return node->ranks > 1 && node->threads > cpu_mask_count(&node->cpus);
}

/* Cores that no rank of the node may touch, because the launcher bound its ranks. Not a fault where
 * there is no launcher (the user chose), or where the user chose the threads. */
static bool is_idle(const struct node *node) {
    return node->first->launcher_kind != LAUNCHER_NONE && !node->threads_chosen &&
           cpu_mask_count(&node->cpus) < node->first->online_cores;
}

static void warn_of_crowd(const struct node *node, size_t nodes,
                          struct placement_warnings *warnings) {
    const int cores = cpu_mask_count(&node->cpus);
    char mend[96];
    if (node->ranks <= cores)
        snprintf(mend, sizeof mend, "give --threads %d", cores / node->ranks);
    else
        snprintf(mend, sizeof mend, "start at most %d rank%s there%s", cores, cores == 1 ? "" : "s",
                 node->threads > node->ranks ? ", with --threads 1" : "");
    warn(warnings, "host %s%s: oversubscribed, %d ranks with %d threads on %d core%s: %s",
         node->first->host, and_more(nodes - 1, "host").text, node->ranks, node->threads, cores,
         cores == 1 ? "" : "s", mend);
}

static void examine_nodes(const struct placement *ranks, size_t count,
                          struct placement_warnings *warnings) {
    size_t oversubscribed = 0, idle = 0;
    struct node crowded_node = {0}, idle_node = {0};
    for (size_t r = count; r-- > 0;) {
        if (ranks[r].node != ranks[r].rank || cpu_mask_count(&ranks[r].cpus) == 0)
            continue; /* not the first rank of its node, or a system that shows no affinity */
        const struct node node = node_of(ranks, count, ranks[r].node);
        if (is_oversubscribed(&node)) {
            oversubscribed++;
            crowded_node = node;
        }
        if (is_idle(&node)) {
            idle++;
            idle_node = node;
        }
    }
    if (oversubscribed > 0)
        warn_of_crowd(&crowded_node, oversubscribed, warnings);
    if (idle > 0) {
        const int cores = cpu_mask_count(&idle_node.cpus);
        warn(warnings, "host %s%s: of %d cores binding lets %d rank%s use only %d: add %s",
             idle_node.first->host, and_more(idle - 1, "host").text,
             (int)idle_node.first->online_cores, idle_node.ranks, idle_node.ranks > 1 ? "s" : "",
             cores, unbind_option(idle_node.first));
    }
}

void placement_examine(const struct placement *ranks, size_t count,
                       struct placement_warnings *warnings) {
    warnings->count = 0;
    examine_worlds(ranks, count, warnings);
    examine_versions(ranks, count, warnings);
    examine_threads(ranks, count, warnings);
    examine_nodes(ranks, count, warnings);
}
