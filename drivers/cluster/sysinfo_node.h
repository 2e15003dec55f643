/* SPDX-License-Identifier: MIT
 * Everything that plait sysinfo knows about one node. */
#ifndef PLAIT_DRIVERS_SYSINFO_NODE_H
#define PLAIT_DRIVERS_SYSINFO_NODE_H

#include "base/device_list.h"
#include "base/devices.h"
#include "base/group_limits.h"
#include "base/health.h"
#include "base/host_name.h"
#include "base/machine.h"
#include "base/network.h"
#include "base/processor.h"
#include "base/topology.h"

#include <stdbool.h>
#include <stdint.h>

/* Members have fixed widths and no pointers, since ranks send them to each other as bytes. */
struct sysinfo {
    char host[HOST_NAME_BYTES];
    char kernel[160];             /* name, release and architecture */
    char distribution[80];        /* empty: not known */
    char paths[80];               /* that this node can run, separated by ", " */
    char mpi[64];                 /* its library with version */
    char version[32];             /* of Plait */
    char path[16];                /* chosen */
    uint64_t boot;                /* see struct machine */
    uint64_t memory_bytes;        /* 0: not known */
    uint64_t free_bytes;          /* that programs can still get; 0: not known */
    uint64_t swap_bytes;          /* 0: none */
    int32_t rank;                 /* the lowest of the node */
    int32_t ranks;                /* of the node */
    int32_t mpi_major, mpi_minor; /* of the standard that the library has */
    int32_t page_bytes;
    int32_t word_bits; /* of this program's addresses */
    int32_t big_endian;
    int32_t energy; /* enum system_read: of its counters */
    int32_t energy_counters;
    double mhz;       /* now; NAN: not known */
    double load;      /* of the last minute; NAN: not known */
    double throttles; /* see struct machine_moment */
    struct processor processor;
    struct topology topology;
    struct health health;
    struct group_limits limits;
    struct network network;
    struct devices devices;
    int32_t opened_count;
    int32_t opens_devices;                       /* 0: Plait is built without them */
    struct device_entry opened[DEVICE_LIST_MAX]; /* those of OpenCL, each of them tried */
};

/* Fills all but rank, ranks, path, opened and what is MPI's. usable: the CPUs that the ranks of the
 * node may use. root:
 * "" for this machine; else a directory that stands for "/". False without memory. */
bool sysinfo_find(struct sysinfo *node, const struct machine_cpus *usable, const char *root);

#endif
