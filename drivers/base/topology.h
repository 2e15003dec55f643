/* SPDX-License-Identifier: MIT
 * Sockets, cores, hardware threads and caches of this node: by hwloc, or where Plait was built
 * without it, and for made-up machines, from /sys. */
#ifndef PLAIT_DRIVERS_TOPOLOGY_H
#define PLAIT_DRIVERS_TOPOLOGY_H

#include "base/machine.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TOPOLOGY_CACHES = 12, TOPOLOGY_KINDS = 4 };

/* Caches of one level, type and size. */
struct topology_cache {
    int64_t bytes; /* of each; 0: not known */
    int32_t level;
    int32_t type;    /* 'd', 'i' or 'u' for unified */
    int32_t count;   /* of the node */
    int32_t threads; /* hardware threads that share one */
};

/* A hardware thread that is online. */
struct topology_thread {
    int32_t cpu;    /* its number for the system */
    int32_t core;   /* the least cpu of its core */
    int32_t socket; /* any number that the threads of a socket share */
};

/* What hwloc and /sys say; freed by topology_map_free. */
struct topology_map {
    struct topology_thread *threads; /* in the order of cpu */
    int32_t thread_count;
    int32_t numa_nodes;                            /* that have memory; 0: not known */
    struct topology_cache caches[TOPOLOGY_CACHES]; /* by level, data before instructions */
    int32_t cache_count;
    char source[24];  /* "hwloc" or "/sys" */
    bool cores_known; /* false: /sys does not say, each thread is taken for a core of one socket */
};

/* root: "" for this machine, else what stands for "/". NULL without memory. */
struct topology_map *topology_map_new(const char *root);
void topology_map_free(struct topology_map *map);

/* The same by hwloc for the machine that it looks at, by no means its plugins: those for OpenCL and
 * CUDA start drivers. NULL where it fails, and where Plait was built without it. */
struct topology_map *topology_map_of_hwloc(void);

/* Adds a cache that `threads` hardware threads share. */
void topology_map_add_cache(struct topology_map *map, struct topology_cache cache);

struct topology_counts {
    int32_t sockets, cores, threads;
};

/* Of the threads in the set; NULL: of all. */
struct topology_counts topology_count(const struct topology_map *map,
                                      const struct machine_cpus *cpus);

/* The core of each CPU, by its number; -1: there is no such CPU, or it is offline. */
void topology_cores(const struct topology_map *map, int32_t *cores, size_t count);

/* How many cores the CPUs of a set belong to; *whole (may be NULL), of as many bytes, gets all CPUs
 * of these cores. Both are in the layout of a cpu_set_t. */
int topology_whole_cores(const int32_t *cores, const void *cpu_set, void *whole, size_t bytes);

/* Whether any core of this node has several hardware threads that are online; at little cost. */
bool topology_has_threads(const char *root);

/* Cores that are alike. */
struct topology_kind {
    int32_t cores, threads;
    double max_mhz; /* NAN: not known */
};

/* A node. Members have fixed widths and no pointers, since ranks send them to each other as bytes.
 */
struct topology {
    struct topology_counts online, usable; /* usable: by the CPUs that were asked about */
    int32_t present;                       /* hardware threads, those that are offline too */
    int32_t numa_nodes;                    /* 0: not known */
    int32_t cores_known;                   /* see struct topology_map */
    int32_t cache_count, kind_count;
    struct topology_cache caches[TOPOLOGY_CACHES];
    struct topology_kind kinds[TOPOLOGY_KINDS]; /* the fastest first; one where all are alike */
    char source[24];
};

/* False without memory. */
bool topology_describe(struct topology *topology, const struct machine_cpus *usable,
                       const char *root);

#endif
