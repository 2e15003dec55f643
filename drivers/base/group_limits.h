/* SPDX-License-Identifier: MIT
 * What the control groups of this process allow it. */
#ifndef PLAIT_DRIVERS_GROUP_LIMITS_H
#define PLAIT_DRIVERS_GROUP_LIMITS_H

#include <stdint.h>

/* Members have fixed widths and no pointers, since ranks send them to each other as bytes. */
struct group_limits {
    int32_t versions;      /* bit 0: version 1 is in use, bit 1: version 2 */
    double cores;          /* CPU quota; 0: none */
    uint64_t memory_bytes; /* 0: no limit */
    uint64_t processes;    /* 0: no limit */
    char cpus[64];         /* of the cpuset, "0-3"; empty: none */
};

/* The smallest of the process's own group and all above it. root: "" for this machine, see
 * cgroup_find. */
void group_limits_find(struct group_limits *limits, const char *root);

#endif
