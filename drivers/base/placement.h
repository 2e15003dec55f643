/* SPDX-License-Identifier: MIT
 * Where the ranks of a run landed, and what is wrong with it. Plain data and pure functions: tested
 * with clusters that are made up. */
#ifndef PLAIT_DRIVERS_PLACEMENT_H
#define PLAIT_DRIVERS_PLACEMENT_H

#include "base/launcher.h"
#include "plait/exec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PLACEMENT_CPUS = 1024 }; /* CPUs of a node that a mask can hold; more are not looked at */

struct cpu_mask {
    uint64_t words[PLACEMENT_CPUS / 64];
};

/* One rank. Members have fixed widths and no pointers, since ranks send them to each other as
 * bytes: every platform of Plait is little-endian with natural alignment. */
struct placement {
    char host[64];
    char path[16];
    char version[32]; /* of Plait */
    char mpi[64];     /* of the MPI library */
    struct cpu_mask cpus;
    int32_t rank;
    int32_t node;           /* lowest rank of those that share this rank's memory */
    int32_t visible_cores;  /* that the affinity of this process allows */
    int32_t online_cores;   /* that the node has */
    int32_t threads;        /* that this rank will use */
    int32_t threads_chosen; /* 1: the user gave the number; 0: it is the default */
    int32_t launcher_kind;  /* enum launcher_kind */
    int32_t launcher_size;  /* ranks that the launcher was asked for */
};

/* Number of CPUs in a mask, the union of two, and whether two share one: a mask that the system did
 * not tell is taken to overlap any. */
int cpu_mask_count(const struct cpu_mask *mask);
struct cpu_mask cpu_mask_union(const struct cpu_mask *a, const struct cpu_mask *b);
bool cpu_mask_overlaps(const struct cpu_mask *a, const struct cpu_mask *b);

/* The affinity of this process. Empty where the system does not say. */
struct cpu_mask cpu_mask_of_process(void);

/* Threads for a rank that may use `visible_cores` cores and shares them with `sharers` ranks of its
 * node, itself included: max(1, visible_cores / sharers), at most what libplait takes. */
enum { PLACEMENT_THREADS_MAX = PLAIT_THREADS_MAX };
int placement_default_threads(int visible_cores, int sharers);

enum { PLACEMENT_WARNINGS = 8, PLACEMENT_WARNING_BYTES = 384 };

/* What is wrong with a placement, a line each: the cause with its place, then the option that mends
 * it. A cause that many hosts or ranks share is one line with their number. */
struct placement_warnings {
    size_t count;
    char text[PLACEMENT_WARNINGS][PLACEMENT_WARNING_BYTES];
};

/* Looks for: a launcher that made N worlds of one; more threads than visible cores; cores shared by
 * too many threads; cores left idle by binding; ranks of unlike Plait versions. `ranks` are all
 * ranks of the run in rank order. */
void placement_examine(const struct placement *ranks, size_t count,
                       struct placement_warnings *warnings);

#endif
