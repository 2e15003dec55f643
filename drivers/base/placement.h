/* SPDX-License-Identifier: MIT
 * Where the ranks of a run landed, and what is wrong with it. Plain data and pure functions: tested
 * with clusters that are made up. */
#ifndef PLAIT_DRIVERS_PLACEMENT_H
#define PLAIT_DRIVERS_PLACEMENT_H

#include "base/host_name.h"
#include "base/launcher.h"
#include "plait/exec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One rank. Members have fixed widths and no pointers, since ranks send them to each other as
 * bytes: every platform of Plait is little-endian with natural alignment. */
struct placement {
    char host[HOST_NAME_BYTES];
    char path[16];
    char version[32];         /* of Plait */
    char mpi[64];             /* of the MPI library */
    char cpus[48];            /* that the threads of this process may use, "0-3,8"; or empty */
    char refused_threads[32]; /* the text of an OMP_NUM_THREADS that cannot be meant; or empty */
    double cpu_quota;         /* cores' worth of time that control groups allow; 0: no limit */
    int32_t rank;
    int32_t node;           /* lowest rank of those that share this rank's memory */
    int32_t quota_rank;     /* lowest rank of those of the node that share this rank's quota */
    int32_t visible_cores;  /* that the threads of this process may use */
    int32_t cores_at_start; /* that it was started with, before OpenMP looked at OMP_PLACES */
    int32_t launcher_cores; /* that the launcher itself may use on this node; 0: not known */
    int32_t online_cores;   /* that the node has */
    int32_t node_cores;     /* that any rank of the node may use; 0: the system does not say */
    int32_t sharers;        /* ranks of the node, itself included, that may use the same cores */
    /* Where a core has several hardware threads, each of which counts as one above; else 0. */
    int32_t whole_cores;        /* that the visible ones belong to */
    int32_t whole_sharers;      /* ranks of the node, itself included, on the same of these */
    int32_t node_whole_cores;   /* that any rank of the node is on */
    int32_t online_whole_cores; /* of the node */
    int32_t threads;            /* that this rank will use */
    int32_t threads_asked;      /* by the user; 0: threads are the default */
    int32_t threads_bound;      /* 1: OpenMP binds them to cores one by one, from the first on */
    int32_t threads_vary;       /* 1: OMP_DYNAMIC lets OpenMP start fewer */
    int32_t launcher_kind;      /* enum launcher_kind */
};

/* Who has taken cores of the node away from a rank: of several the one that is nearest to it. */
enum placement_limit {
    PLACEMENT_UNLIMITED,
    PLACEMENT_BY_OPENMP,   /* OMP_PLACES and the like: the user's choice */
    PLACEMENT_BY_LAUNCHER, /* binding, which an option of the launcher changes */
    PLACEMENT_FROM_OUTSIDE /* taskset, a cpuset, a container, a batch system: before the launcher */
};
enum placement_limit placement_limit_of(const struct placement *rank);

/* The same for people, " (limited by OMP_PLACES)", empty for PLACEMENT_UNLIMITED. */
const char *placement_limit_text(const struct placement *rank);

/* Threads for a rank that may use `visible_cores` cores and shares them with `sharers` ranks of its
 * node, itself included, and a CPU quota of `quota` cores (0: none) with `quota_sharers`: its part
 * of both, at least 1, at most what libplait takes. A part of a core more is worth a thread to a
 * rank that has its quota for itself. */
enum { PLACEMENT_THREADS_MAX = PLAIT_THREADS_MAX };
int placement_default_threads(int visible_cores, int sharers, double quota, int quota_sharers);

enum { PLACEMENT_WARNINGS = 12, PLACEMENT_WARNING_BYTES = 640 };

/* What is wrong with a placement, a line each: the cause with its place, then the option that fixes
 * it. A cause that many hosts or ranks share is one line with their number. */
struct placement_warnings {
    size_t count;
    char text[PLACEMENT_WARNINGS][PLACEMENT_WARNING_BYTES];
};

/* Looks for: a launcher that made N worlds of one; ranks of different Plait versions; settings of
 * OpenMP that were ignored or give fewer threads than were asked for; more threads than visible
 * cores; cores or CPU quotas shared by too many threads; cores left idle by binding, or used by
 * several ranks while others are idle. `ranks` are all ranks of the run in rank order. */
void placement_examine(const struct placement *ranks, size_t count,
                       struct placement_warnings *warnings);

#endif
