/* SPDX-License-Identifier: MIT
 * Reads the limits of control groups of both versions. */
#include "base/group_limits.h"

#include "base/cgroup.h"
#include "base/cpu_quota.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Version 1 writes no limit of memory as the largest number of pages. */
static const uint64_t UNLIMITED_BYTES = (uint64_t)1 << 62;

/* The smallest number in that file of the group and of all above it; 0: none has one. */
static uint64_t least_of_groups(struct cgroup group, const char *file) {
    uint64_t least = 0, value;
    do {
        char text[64];
        if (cgroup_read(&group, file, text, sizeof text) && sscanf(text, "%" SCNu64, &value) == 1 &&
            value > 0 && value < UNLIMITED_BYTES && (least == 0 || value < least))
            least = value;
    } while (cgroup_parent(&group));
    return least;
}

static uint64_t smaller_limit(uint64_t a, uint64_t b) {
    return a == 0 || (b > 0 && b < a) ? b : a;
}

void group_limits_find(struct group_limits *limits, const char *root) {
    struct cgroup group;
    *limits = (struct group_limits){.cores = cpu_quota_of_process(root).cores};
    for (int version = 1; version <= 2; version++) {
        bool found = false;
        if (cgroup_find(root, version, "memory", &group)) {
            found = true;
            limits->memory_bytes = smaller_limit(
                limits->memory_bytes,
                least_of_groups(group, version == 1 ? "memory.limit_in_bytes" : "memory.max"));
        }
        if (cgroup_find(root, version, "pids", &group)) {
            found = true;
            limits->processes =
                smaller_limit(limits->processes, least_of_groups(group, "pids.max"));
        }
        if (cgroup_find(root, version, "cpuset", &group)) {
            found = true;
            /* The effective set is that of the group and all above it. */
            if (!limits->cpus[0] &&
                cgroup_read(&group,
                            version == 1 ? "cpuset.effective_cpus" : "cpuset.cpus.effective",
                            limits->cpus, sizeof limits->cpus))
                limits->cpus[strcspn(limits->cpus, "\n")] = '\0';
        }
        limits->versions |= found || cgroup_find(root, version, "cpu", &group) ? version : 0;
    }
}
