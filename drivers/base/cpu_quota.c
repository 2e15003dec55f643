/* SPDX-License-Identifier: MIT
 * Reads cpu.max (version 2), or cpu.cfs_quota_us and cpu.cfs_period_us (version 1). */
#include "base/cpu_quota.h"

#include "base/cgroup.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

/* The quota of one group, in cores; 0 if it has none ("max" in version 2, -1 in version 1). */
static double group_quota(const struct cgroup *group) {
    char text[64];
    long long quota_us = 0, period_us = 0;
    if (group->version == 2) {
        if (!cgroup_read(group, "cpu.max", text, sizeof text) ||
            sscanf(text, "%lld %lld", &quota_us, &period_us) != 2)
            return 0;
    } else {
        if (!cgroup_read(group, "cpu.cfs_quota_us", text, sizeof text))
            return 0;
        quota_us = strtoll(text, NULL, 10);
        if (!cgroup_read(group, "cpu.cfs_period_us", text, sizeof text))
            return 0;
        period_us = strtoll(text, NULL, 10);
    }
    return quota_us > 0 && period_us > 0 ? (double)quota_us / (double)period_us : 0;
}

/* The same for all processes of the node that are in the group, whatever path leads to it: every
 * container has its own group as the root of what it sees. 0: the group has gone. */
static uint64_t group_number(const char *directory) {
    struct stat about;
    if (stat(directory, &about) != 0)
        return 0;
    return (uint64_t)about.st_dev << 32 ^ (uint64_t)about.st_ino;
}

struct cpu_quota cpu_quota_of_process(const char *root) {
    struct cpu_quota quota = {0};
    for (int version = 1; version <= 2; version++) {
        struct cgroup group;
        if (!cgroup_find(root, version, "cpu", &group))
            continue;
        do {
            const double cores = group_quota(&group);
            if (cores > 0 && (quota.cores == 0 || cores < quota.cores))
                quota = (struct cpu_quota){cores, group_number(group.directory)};
        } while (cgroup_parent(&group));
    }
    return quota;
}
