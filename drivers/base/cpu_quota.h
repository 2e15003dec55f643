/* SPDX-License-Identifier: MIT
 * How much processor time the control groups of this process let it have. */
#ifndef PLAIT_DRIVERS_CPU_QUOTA_H
#define PLAIT_DRIVERS_CPU_QUOTA_H

#include <stdint.h>

struct cpu_quota {
    double cores;   /* processor seconds per second, above 0; 0: no limit */
    uint64_t group; /* a number of the group that has the limit: processes of one node with the same
                     * number share it, in containers too. 0: no limit */
};

/* The smallest quota of this process's group and all above it, in both versions of control groups.
 * `root`: "" for this machine, see cgroup_find. */
struct cpu_quota cpu_quota_of_process(const char *root);

#endif
