/* SPDX-License-Identifier: MIT
 * Reads the kernel's and the control groups' word on free memory. */
#include "base/memory.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static uint64_t least(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

static uint64_t meminfo_available_bytes(void) {
    FILE *stream = fopen("/proc/meminfo", "r");
    if (!stream)
        return UINT64_MAX;
    char line[256];
    uint64_t kib = UINT64_MAX;
    while (fgets(line, sizeof line, stream))
        if (sscanf(line, "MemAvailable: %" SCNu64 " kB", &kib) == 1)
            break;
    fclose(stream);
    return kib == UINT64_MAX ? UINT64_MAX : kib * 1024;
}

static bool read_number(const char *path, uint64_t *value) {
    FILE *stream = fopen(path, "r");
    if (!stream)
        return false;
    const bool found = fscanf(stream, "%" SCNu64, value) == 1; /* "max": not a number, no limit */
    fclose(stream);
    return found;
}

/* Bytes of file cache that a group is charged for: the kernel gives them back when memory is short.
 */
static uint64_t reclaimable_bytes(const char *path) {
    FILE *stream = fopen(path, "r");
    if (!stream)
        return 0;
    char key[64];
    uint64_t value, sum = 0;
    while (fscanf(stream, "%63s %" SCNu64, key, &value) == 2) {
        /* Version 1 has the group's own pages first, and those of its children with it as total_.
         */
        if (strcmp(key, "active_file") == 0 || strcmp(key, "inactive_file") == 0)
            sum += value;
    }
    fclose(stream);
    return sum;
}

/* A version of control groups: how its line in /proc/self/cgroup begins, and its files. */
struct cgroup_version {
    const char *line, *mount, *limit, *usage;
};
static const struct cgroup_version versions[] = {
    {"0::", "/sys/fs/cgroup", "memory.max", "memory.current"},
    {"memory:", "/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes"},
};

enum { PATH_BYTES = 4096 };

static uint64_t left_in_group(const struct cgroup_version *version, const char *group) {
    char path[PATH_BYTES + 128];
    uint64_t limit, usage;
    snprintf(path, sizeof path, "%s%s/%s", version->mount, group, version->limit);
    if (!read_number(path, &limit))
        return UINT64_MAX;
    snprintf(path, sizeof path, "%s%s/%s", version->mount, group, version->usage);
    if (!read_number(path, &usage))
        return UINT64_MAX;
    snprintf(path, sizeof path, "%s%s/memory.stat", version->mount, group);
    const uint64_t cache = reclaimable_bytes(path);
    usage -= least(cache, usage);
    return limit > usage ? limit - usage : 0;
}

/* The group of this process in that version: "/a/b". A line is "7:memory:/a/b" or "0::/a/b". */
static bool find_group(const struct cgroup_version *version, char group[PATH_BYTES]) {
    FILE *stream = fopen("/proc/self/cgroup", "r");
    if (!stream)
        return false;
    char line[PATH_BYTES];
    bool found = false;
    while (!found && fgets(line, sizeof line, stream)) {
        const char *at = strstr(line, version->line);
        const char *path = at ? strchr(at, '/') : NULL;
        if (path) {
            snprintf(group, PATH_BYTES, "%.*s", (int)strcspn(path, "\n"), path);
            found = true;
        }
    }
    fclose(stream);
    return found;
}

/* Every group from that of the process up to the root may have a limit. In a container the root of
 * what is mounted carries it. */
static uint64_t cgroup_left_bytes(const struct cgroup_version *version) {
    char group[PATH_BYTES];
    uint64_t left = UINT64_MAX;
    if (!find_group(version, group))
        return left;
    for (;;) {
        left = least(left, left_in_group(version, strcmp(group, "/") == 0 ? "" : group));
        char *slash = strrchr(group, '/');
        if (!slash)
            return left;
        *slash = '\0';
    }
}

uint64_t memory_available_bytes(void) {
    uint64_t available = meminfo_available_bytes();
    for (size_t k = 0; k < sizeof versions / sizeof versions[0]; k++)
        available = least(available, cgroup_left_bytes(&versions[k]));
    return available;
}
