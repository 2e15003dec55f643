/* SPDX-License-Identifier: MIT
 * Examines where the ranks of a run landed. */
#include "base/placement.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum placement_limit placement_limit_of(const struct placement *rank) {
    if (rank->visible_cores < rank->cores_at_start)
        return PLACEMENT_BY_OPENMP;
    if (rank->cores_at_start >= rank->online_cores)
        return PLACEMENT_UNLIMITED;
    if (rank->launcher_kind == LAUNCHER_NONE)
        return PLACEMENT_FROM_OUTSIDE;
    /* Where the launcher cannot be looked at, what launchers do most often. */
    return rank->launcher_cores == 0 || rank->cores_at_start < rank->launcher_cores
               ? PLACEMENT_BY_LAUNCHER
               : PLACEMENT_FROM_OUTSIDE;
}

const char *placement_limit_text(const struct placement *rank) {
    switch (placement_limit_of(rank)) {
    case PLACEMENT_UNLIMITED:
        break;
    case PLACEMENT_BY_OPENMP:
        return " (limited by OMP_PLACES or the like)";
    case PLACEMENT_BY_LAUNCHER:
        return " (bound by the launcher)";
    case PLACEMENT_FROM_OUTSIDE:
        return rank->launcher_kind == LAUNCHER_NONE
                   ? " (limited from outside: taskset, a cpuset, a container)"
                   : " (limited outside of the launcher: taskset, a cpuset, a container)";
    }
    return "";
}

int placement_default_threads(int visible_cores, int sharers, double quota, int quota_sharers) {
    int share = visible_cores / (sharers > 0 ? sharers : 1);
    if (quota > 0 && quota < PLACEMENT_THREADS_MAX) {
        const int part = (int)(quota_sharers > 1 ? quota / quota_sharers : ceil(quota));
        share = part < share ? part : share;
    }
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

static void examine_versions(const struct placement *ranks, size_t count,
                             struct placement_warnings *warnings) {
    size_t different = 0, first = 0;
    for (size_t r = count; r-- > 1;)
        if (strcmp(ranks[r].version, ranks[0].version) != 0) {
            different++;
            first = r;
        }
    if (different > 0)
        warn(
            warnings,
            "rank %zu on host %s%s runs Plait %s but rank 0 runs %s: install one version on all hosts",
            first, ranks[first].host, and_more(different - 1, "rank").text, ranks[first].version,
            ranks[0].version);
}

/* The option that lets ranks see all cores of their node, in the words of the launcher in use. */
static const char *unbind_option(const struct placement *rank) {
    return launcher_words((enum launcher_kind)rank->launcher_kind)->unbind_advice;
}

/* "start at most 4 ranks there (-N 4)": with the launcher's option where the launcher is known, for
 * all ranks if this node has all of them. */
struct at_most {
    char text[96];
};
static struct at_most start_at_most(const struct placement *rank, int ranks, bool has_all) {
    const enum launcher_kind kind = (enum launcher_kind)rank->launcher_kind;
    const struct launcher_words *words = launcher_words(kind);
    struct at_most fix;
    const int used = snprintf(fix.text, sizeof fix.text, "start at most %d rank%s there", ranks,
                              ranks == 1 ? "" : "s");
    if (kind != LAUNCHER_NONE && has_all)
        snprintf(fix.text + used, sizeof fix.text - (size_t)used, " (%s %d)", words->start, ranks);
    else if (kind != LAUNCHER_NONE)
        snprintf(fix.text + used, sizeof fix.text - (size_t)used, " (%s%d)", words->per_node,
                 ranks);
    return fix;
}

/* The text with the fix between "add " and "--threads N", for a rank that may use too few cores. */
static void say_how_to_get_cores(const struct placement *rank, char *text, size_t bytes) {
    switch (placement_limit_of(rank)) {
    case PLACEMENT_BY_LAUNCHER:
        snprintf(text, bytes, "add %s, or --threads %d", unbind_option(rank),
                 (int)rank->visible_cores);
        break;
    case PLACEMENT_BY_OPENMP:
        snprintf(text, bytes, "unset OMP_PLACES and the like, or add --threads %d",
                 (int)rank->visible_cores);
        break;
    case PLACEMENT_FROM_OUTSIDE:
    case PLACEMENT_UNLIMITED:
        snprintf(text, bytes, "add --threads %d", (int)rank->visible_cores);
        break;
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
    char fix[160];
    say_how_to_get_cores(rank, fix, sizeof fix);
    warn(warnings, "rank %zu on host %s%s has %d threads but may use %d core%s%s: %s", first,
         rank->host, and_more(crowded - 1, "rank").text, (int)rank->threads,
         (int)rank->visible_cores, rank->visible_cores == 1 ? "" : "s",
         placement_limit_of(rank) == PLACEMENT_FROM_OUTSIDE ? placement_limit_text(rank) : "", fix);
}

/* What the environment asks of OpenMP: not to be meant, more than it gives, or not certain. */
static void examine_openmp(const struct placement *ranks, size_t count,
                           struct placement_warnings *warnings) {
    size_t refused = 0, limited = 0, varying = 0;
    const struct placement *first_refused = NULL, *first_limited = NULL, *first_varying = NULL;
    for (size_t r = count; r-- > 0;) {
        if (ranks[r].refused_threads[0] != '\0') {
            refused++;
            first_refused = &ranks[r];
        }
        if (ranks[r].threads_asked > ranks[r].threads) {
            limited++;
            first_limited = &ranks[r];
        }
        if (ranks[r].threads_vary && ranks[r].threads > 1) {
            varying++;
            first_varying = &ranks[r];
        }
    }
    if (refused > 0)
        warn(
            warnings,
            "rank %d on host %s%s: OMP_NUM_THREADS '%s' is ignored: set it to a number from 1 to %d, or give --threads",
            (int)first_refused->rank, first_refused->host, and_more(refused - 1, "rank").text,
            first_refused->refused_threads, PLACEMENT_THREADS_MAX);
    if (limited > 0)
        warn(
            warnings,
            "rank %d on host %s%s: OpenMP gives %d of %d threads: unset OMP_THREAD_LIMIT and OMP_MAX_ACTIVE_LEVELS, or give --threads %d",
            (int)first_limited->rank, first_limited->host, and_more(limited - 1, "rank").text,
            (int)first_limited->threads, (int)first_limited->threads_asked,
            (int)first_limited->threads);
    if (varying > 0)
        warn(warnings,
             "rank %d on host %s%s: OMP_DYNAMIC lets OpenMP start fewer than %d threads: unset it",
             (int)first_varying->rank, first_varying->host, and_more(varying - 1, "rank").text,
             (int)first_varying->threads);
}

/* "1.5 cores" */
struct cores_text {
    char text[48];
};
static struct cores_text cores_of(double quota) {
    struct cores_text cores;
    snprintf(cores.text, sizeof cores.text, "%.4g core%s", quota, quota == 1 ? "" : "s");
    return cores;
}

/* Ranks that share a CPU quota are held back, all at once, when they have used it up: more threads
 * than it has cores are held back the longer, and so is a rank that waits for a message. */
static void examine_quotas(const struct placement *ranks, size_t count,
                           struct placement_warnings *warnings) {
    size_t crowded = 0;
    const struct placement *first = NULL;
    int first_ranks = 0, first_threads = 0;
    for (size_t r = count; r-- > 0;) {
        if (ranks[r].cpu_quota <= 0 || ranks[r].quota_rank != ranks[r].rank)
            continue;
        int sharers = 0, threads = 0;
        for (size_t other = r; other < count; other++)
            if (ranks[other].cpu_quota > 0 && ranks[other].quota_rank == ranks[r].rank) {
                sharers++;
                threads += ranks[other].threads;
            }
        if (threads > ceil(ranks[r].cpu_quota) || sharers > ranks[r].cpu_quota) {
            crowded++;
            first = &ranks[r];
            first_ranks = sharers;
            first_threads = threads;
        }
    }
    if (crowded == 0)
        return;
    const int share =
        placement_default_threads(PLACEMENT_THREADS_MAX, 1, first->cpu_quota, first_ranks);
    char fix[64] = "";
    if (first->cpu_quota >= first_ranks)
        snprintf(fix, sizeof fix, "give --threads %d, or ", share);
    else if (first->cpu_quota >= 1)
        snprintf(fix, sizeof fix, "start at most %d rank%s there, or ", (int)first->cpu_quota,
                 first->cpu_quota < 2 ? "" : "s");
    warn(
        warnings,
        "host %s%s: a CPU quota of %s for %d rank%s with %d thread%s: %sraise the quota (cpu.max of the control group, CPUQuota of systemd, --cpus of a container)",
        first->host, and_more(crowded - 1, "quota").text, cores_of(first->cpu_quota).text,
        first_ranks, first_ranks > 1 ? "s" : "", first_threads, first_threads > 1 ? "s" : "", fix);
}

/* All ranks of one node together. */
struct node {
    const struct placement *first; /* its lowest rank */
    int ranks, threads;
    int crammed;         /* ranks on cores that others are on by another hardware thread */
    int bound;           /* ranks whose threads OpenMP binds to cores that other ranks may use */
    bool threads_chosen; /* by any rank */
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
        node.crammed += ranks[r].whole_sharers > ranks[r].sharers;
        node.bound += ranks[r].threads_bound && ranks[r].sharers > 1;
        node.threads_chosen = node.threads_chosen || ranks[r].threads_asked > 0;
    }
    return node;
}

/* More threads than cores on a node, although each rank alone has cores enough. */
static bool is_oversubscribed(const struct node *node) {
    return node->ranks > 1 && node->threads > node->first->node_cores;
}

/* The cores of a node that the launcher could give to its ranks. */
static int cores_to_give(const struct placement *rank) {
    return rank->launcher_cores > 0 ? rank->launcher_cores : rank->online_cores;
}

/* Cores that no rank of the node may touch, because the launcher bound its ranks. Not a fault where
 * there is no launcher (the user chose), or where the user chose the threads. */
static bool is_idle(const struct node *node) {
    return placement_limit_of(node->first) == PLACEMENT_BY_LAUNCHER && !node->threads_chosen &&
           node->first->node_cores < cores_to_give(node->first);
}

/* Enough cores for all, but OpenMP does the same in each rank: it binds the first thread to the
 * first core, and so on. */
static bool is_stacked(const struct node *node) {
    return node->bound > 1 && !is_oversubscribed(node);
}

/* Ranks that have hardware threads of their own, on cores that they share, while the launcher had
 * others to give: two threads of a core are hardly faster than one. */
static bool is_crammed(const struct node *node) {
    return node->crammed > 0 && !is_idle(node) &&
           node->first->node_cores < cores_to_give(node->first) &&
           node->first->node_whole_cores < node->first->online_whole_cores;
}

static void warn_of_crowd(const struct node *node, size_t nodes, bool has_all,
                          struct placement_warnings *warnings) {
    const int cores = node->first->node_cores;
    char fix[128];
    if (node->ranks <= cores)
        snprintf(fix, sizeof fix, "give --threads %d", cores / node->ranks);
    else
        snprintf(fix, sizeof fix, "%s%s", start_at_most(node->first, cores, has_all).text,
                 node->threads > node->ranks ? ", with --threads 1" : "");
    warn(warnings, "host %s%s: oversubscribed, %d ranks with %d threads on %d core%s: %s",
         node->first->host, and_more(nodes - 1, "host").text, node->ranks, node->threads, cores,
         cores == 1 ? "" : "s", fix);
}

static void examine_nodes(const struct placement *ranks, size_t count,
                          struct placement_warnings *warnings) {
    size_t oversubscribed = 0, idle = 0, crammed = 0, stacked = 0;
    struct node crowded_node = {0}, idle_node = {0}, crammed_node = {0}, stacked_node = {0};
    for (size_t r = count; r-- > 0;) {
        if (ranks[r].node != ranks[r].rank || ranks[r].node_cores == 0)
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
        if (is_crammed(&node)) {
            crammed++;
            crammed_node = node;
        }
        if (is_stacked(&node)) {
            stacked++;
            stacked_node = node;
        }
    }
    if (oversubscribed > 0)
        warn_of_crowd(&crowded_node, oversubscribed, (size_t)crowded_node.ranks == count, warnings);
    if (idle > 0) {
        const int cores = idle_node.first->node_cores;
        warn(warnings, "host %s%s: of %d cores binding lets %d rank%s use only %d: add %s",
             idle_node.first->host, and_more(idle - 1, "host").text, cores_to_give(idle_node.first),
             idle_node.ranks, idle_node.ranks > 1 ? "s" : "", cores,
             unbind_option(idle_node.first));
    }
    if (crammed > 0) {
        const int cores = crammed_node.first->node_whole_cores;
        warn(
            warnings,
            "host %s%s: %d ranks are bound to hardware threads of %d core%s, of %d that there are: let the launcher bind ranks to cores, or add %s",
            crammed_node.first->host, and_more(crammed - 1, "host").text, crammed_node.ranks, cores,
            cores == 1 ? "" : "s", (int)crammed_node.first->online_whole_cores,
            unbind_option(crammed_node.first));
    }
    if (stacked > 0)
        warn(
            warnings,
            "host %s%s: OpenMP binds the threads of each of %d ranks to the same cores: unset OMP_PROC_BIND, OMP_PLACES and the like, or let the launcher bind ranks to cores",
            stacked_node.first->host, and_more(stacked - 1, "host").text, stacked_node.bound);
}

void placement_examine(const struct placement *ranks, size_t count,
                       struct placement_warnings *warnings) {
    warnings->count = 0;
    examine_versions(ranks, count, warnings);
    examine_openmp(ranks, count, warnings);
    examine_threads(ranks, count, warnings);
    examine_quotas(ranks, count, warnings);
    examine_nodes(ranks, count, warnings);
}
